import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{a}from"./chunk-QVXSYWQC.js";import"./chunk-3ZAQTEOU.js";import"./chunk-SLH5QG7B.js";import"./chunk-ULL2Z6BI.js";import"./chunk-LIF72FOZ.js";export{a as prune};
