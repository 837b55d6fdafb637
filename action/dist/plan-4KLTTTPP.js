import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{a,b}from"./chunk-2LXN6M5R.js";import"./chunk-CZBXBYYS.js";import"./chunk-2YEENW5U.js";import"./chunk-ULL2Z6BI.js";import"./chunk-YS5KIPE7.js";export{b as isOutOfDate,a as makePlan};
