import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{a,b,c,d}from"./chunk-MFOV3ORC.js";import"./chunk-LIF72FOZ.js";export{a as costOf,d as hasFailed,b as possiblyBilled,c as totalEstimate};
