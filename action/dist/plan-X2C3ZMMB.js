import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{a,b}from"./chunk-EFKFYWQ2.js";import"./chunk-G2Z6LGOZ.js";import"./chunk-X2WDZXKA.js";import"./chunk-WE3HCVO4.js";import"./chunk-MREMX26X.js";import"./chunk-WEVJDPM5.js";import"./chunk-LIF72FOZ.js";export{a as createPlan,b as isOutOfDate};
