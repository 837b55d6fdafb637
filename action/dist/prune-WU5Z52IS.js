import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{a}from"./chunk-2IRX3ZZY.js";import"./chunk-2YEENW5U.js";import"./chunk-ULL2Z6BI.js";import"./chunk-YS5KIPE7.js";export{a as prune};
