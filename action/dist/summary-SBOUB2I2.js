import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{a,b}from"./chunk-CRJZIDQZ.js";import"./chunk-APUDI2CH.js";import"./chunk-G37UXEY5.js";import"./chunk-OC2H26S5.js";import"./chunk-LIF72FOZ.js";export{b as problemsSummary,a as summaryOf};
