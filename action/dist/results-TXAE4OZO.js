import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{a,b}from"./chunk-TRTQNE26.js";import"./chunk-LIF72FOZ.js";export{a as costOf,b as hasFailed};
