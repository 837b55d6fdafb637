import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{a,b}from"./chunk-KC4FMZPQ.js";import"./chunk-CZBXBYYS.js";import"./chunk-5RLEHU7F.js";import"./chunk-Y32SA5N7.js";import"./chunk-ULL2Z6BI.js";import"./chunk-YS5KIPE7.js";export{b as isOutOfDate,a as makePlan};
