import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{a}from"./chunk-2RU2CFN7.js";import"./chunk-5RLEHU7F.js";import"./chunk-Y32SA5N7.js";import"./chunk-ULL2Z6BI.js";import"./chunk-YS5KIPE7.js";export{a as prune};
