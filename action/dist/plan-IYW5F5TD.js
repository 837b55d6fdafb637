import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{a,b}from"./chunk-76Z62N3P.js";import"./chunk-X2WDZXKA.js";import"./chunk-G2Z6LGOZ.js";import"./chunk-ABTDKW73.js";import"./chunk-KOEL432S.js";import"./chunk-3VMR2H3Z.js";import"./chunk-XTQNHKO2.js";import"./chunk-LIF72FOZ.js";export{a as createPlan,b as isOutOfDate};
