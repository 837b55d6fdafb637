import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
function i(e,r,a,n="error"){return{...e.where(r),severity:n,message:a}}export{i as a};
