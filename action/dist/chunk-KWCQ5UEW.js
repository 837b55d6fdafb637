import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
var i=class extends Error{name="ConfigError";diagnostics;constructor(e){super(e.map(s).join(`
`)),this.diagnostics=e}},t=class extends Error{name="UsageError"};function s({file:n,line:e,column:r,severity:o,message:a}){return`${n}:${e}:${r}: ${o}: ${a}`}function c(n){return[...new Map(n.map(r=>[s(r),r])).values()].toSorted((r,o)=>l(r.file,o.file)||r.line-o.line||r.column-o.column)}function l(n,e){return n===e?0:n<e?-1:1}export{i as a,t as b,s as c,c as d,l as e};
