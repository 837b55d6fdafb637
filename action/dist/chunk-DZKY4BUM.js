import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
var n=new TextEncoder;function o(t){return new Uint8Array(n.encode(t))}function c(t){let e=new Uint8Array(t.length);for(let r=0;r<t.length;r++)e[r]=t.charCodeAt(r);return e}export{o as a,c as b};
