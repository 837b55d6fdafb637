import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
var e=class extends Error{name="LockError"};export{e as a};
