import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
var o=["https_proxy","HTTPS_PROXY","http_proxy","HTTP_PROXY"];function e(n){return o.some(t=>n[t])}async function r(n){if(!e(n))return;let{default:t}=await import("./undici-6YBIKOQA.js");t.setGlobalDispatcher(new t.EnvHttpProxyAgent)}export{e as a,r as b};
