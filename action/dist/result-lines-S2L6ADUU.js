import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{a,b,c,d}from"./chunk-PP6WA4DU.js";import"./chunk-JDQ7ZLS4.js";import"./chunk-G37UXEY5.js";import"./chunk-OC2H26S5.js";import"./chunk-TRTQNE26.js";import"./chunk-YS5KIPE7.js";export{c as factsOf,d as failureText,b as prunedLine,a as resultLines};
