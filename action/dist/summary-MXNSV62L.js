import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{a,b}from"./chunk-FQGQP6QO.js";import"./chunk-G37UXEY5.js";import"./chunk-OC2H26S5.js";import"./chunk-LIF72FOZ.js";export{b as problemsSummary,a as summaryOf};
