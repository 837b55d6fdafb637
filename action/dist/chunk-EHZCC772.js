import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
function t(r,e,n,i="error"){return{...r.where(e),severity:i,message:n}}function a(r){return r.split(/[.[\]]/).filter(Boolean).map(e=>/^\d+$/.test(e)?Number(e):e)}export{t as a,a as b};
