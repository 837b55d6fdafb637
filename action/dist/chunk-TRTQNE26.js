import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
function o(t){let r=t.images.map(e=>e.outcome==="generated"?e.entry.cost_usd??0:e.outcome==="failed"?e.costUsd??0:0);return Math.round(r.reduce((e,n)=>e+n,0)*1e6)/1e6}function a(t){return t.images.some(({outcome:r})=>r==="failed"||r==="not-tried")}export{o as a,a as b};
