import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{a,b,c,d}from"./chunk-ITEQGAE6.js";import"./chunk-LGJP2P2U.js";import"./chunk-3KRZRR4P.js";import"./chunk-YQOAMYRU.js";import"./chunk-JKQANIPT.js";import"./chunk-MFOV3ORC.js";import"./chunk-LIF72FOZ.js";export{c as factsOf,d as failureText,b as prunedLine,a as resultLines};
