import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{b as i}from"./chunk-MREMX26X.js";import{c as t}from"./chunk-WEVJDPM5.js";async function s(r,o,e){let n=await i(t(r,o),e?.bytes??0);return n.kind!=="file"?n:{kind:e!==void 0&&n.sha256===e.sha256?"same":"different"}}export{s as a};
