import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{a,b}from"./chunk-CHJ4HP4B.js";import"./chunk-YRLW3AWU.js";import"./chunk-YQOAMYRU.js";import"./chunk-JKQANIPT.js";import"./chunk-LIF72FOZ.js";export{b as problemsSummary,a as summaryOf};
