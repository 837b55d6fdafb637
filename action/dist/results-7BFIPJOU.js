import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{a,b}from"./chunk-TRTQNE26.js";import"./chunk-YS5KIPE7.js";export{a as costOf,b as hasFailed};
