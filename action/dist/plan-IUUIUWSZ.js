import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{a,b}from"./chunk-HYEM3P2E.js";import"./chunk-CZBXBYYS.js";import"./chunk-3ZAQTEOU.js";import"./chunk-SLH5QG7B.js";import"./chunk-ULL2Z6BI.js";import"./chunk-LIF72FOZ.js";export{b as isOutOfDate,a as makePlan};
