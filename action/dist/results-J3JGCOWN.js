import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{a,b,c,d,e}from"./chunk-ZNZJQPXL.js";import"./chunk-LIF72FOZ.js";export{a as costOf,e as failed,d as hasFailed,b as possiblyBilled,c as totalEstimate};
