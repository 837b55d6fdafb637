import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{a,b}from"./chunk-7KXXYTBF.js";import"./chunk-NWSQY2KN.js";import"./chunk-5RLEHU7F.js";import"./chunk-Y32SA5N7.js";import"./chunk-ULL2Z6BI.js";import"./chunk-YS5KIPE7.js";export{b as isOutOfDate,a as makePlan};
