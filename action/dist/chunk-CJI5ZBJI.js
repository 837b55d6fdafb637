import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
var e=class extends Error{name="DeliveryError"},s=class extends Error{name="BranchMovedError"};function t(n){if(!(!(n instanceof Error)||!("status"in n)))return typeof n.status=="number"&&"response"in n&&n.response?n.status:void 0}export{e as a,s as b,t as c};
