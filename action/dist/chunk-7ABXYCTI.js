import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
var e=class extends Error{name="DeliveryError"},r=class extends Error{name="BranchMovedError"};export{e as a,r as b};
