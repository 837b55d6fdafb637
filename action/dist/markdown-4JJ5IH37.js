import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{c as a,d as b}from"./chunk-7JJ2QWQF.js";import"./chunk-4YO4M3X3.js";import"./chunk-PPKB5BOC.js";import"./chunk-5JYZANBY.js";import"./chunk-LIF72FOZ.js";export{b as problemsSummary,a as summaryOf};
