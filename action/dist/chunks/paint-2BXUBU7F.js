import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{a,b}from"./chunk-MFNKVQ54.js";import"./chunk-MJVI2QFR.js";export{b as paintFor,a as plainPaint};
