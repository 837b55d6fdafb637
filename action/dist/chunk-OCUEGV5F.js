import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
function a(r,e,n,i="error"){return{...r.where(e),severity:i,message:n}}function t(r){return r.split(/[.[\]]/).filter(Boolean).map(e=>/^\d+$/.test(e)?Number(e):e)}export{a,t as b};
