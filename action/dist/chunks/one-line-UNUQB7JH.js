import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{a,b}from"./chunk-ZETTWTYL.js";import"./chunk-MJVI2QFR.js";export{a as oneLine,b as shorten};
