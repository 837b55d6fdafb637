import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{b as a,c as b,d as c}from"./chunk-4MSF22LM.js";import"./chunk-LGJP2P2U.js";import"./chunk-PPKB5BOC.js";import"./chunk-ZNZJQPXL.js";import"./chunk-5JYZANBY.js";import"./chunk-LIF72FOZ.js";export{c as keptText,a as planLines,b as summaryLines};
