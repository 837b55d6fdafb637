import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{a,b}from"./chunk-V462KKQV.js";import"./chunk-MJVI2QFR.js";export{a as costOf,b as hasFailed};
