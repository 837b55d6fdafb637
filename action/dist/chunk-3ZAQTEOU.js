import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{b as t}from"./chunk-SLH5QG7B.js";import{c as i}from"./chunk-ULL2Z6BI.js";async function s(r,o,e){let n=await t(i(r,o),e?.bytes??0);return n.kind!=="file"?n:{kind:e!==void 0&&n.sha256===e.sha256?"same":"different"}}export{s as a};
