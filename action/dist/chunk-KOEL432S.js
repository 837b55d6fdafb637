import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
var r=/^version https:\/\/git-lfs\.github\.com\/spec\/v1\n(?:.+\n)*oid sha256:([0-9a-f]{64})\nsize (\d+)\n$/;function s(e){if(e.byteLength>1024)return;let[,n,t]=r.exec(new TextDecoder().decode(e))??[];return n===void 0?void 0:{sha256:n,bytes:Number(t)}}function o({sha256:e,bytes:n}){let t=`version https://git-lfs.github.com/spec/v1
oid sha256:${e}
size ${n}
`;return new TextEncoder().encode(t)}export{s as a,o as b};
