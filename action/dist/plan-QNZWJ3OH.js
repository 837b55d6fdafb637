import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{a,b}from"./chunk-ML524CMN.js";import"./chunk-QLRPRRJK.js";import"./chunk-X2WDZXKA.js";import"./chunk-G2Z6LGOZ.js";import"./chunk-3VMR2H3Z.js";import"./chunk-XTQNHKO2.js";import"./chunk-LIF72FOZ.js";export{a as createPlan,b as isOutOfDate};
