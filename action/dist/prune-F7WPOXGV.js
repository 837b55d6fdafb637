import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{a}from"./chunk-3SN7VKDI.js";import"./chunk-ED2NGNLK.js";import"./chunk-KUYADPR4.js";import"./chunk-DZKY4BUM.js";import"./chunk-4CM6XMOM.js";import"./chunk-WYO2SSOU.js";import"./chunk-QHV6MW2H.js";import"./chunk-AU2EQPSO.js";import"./chunk-YS5KIPE7.js";export{a as prune};
