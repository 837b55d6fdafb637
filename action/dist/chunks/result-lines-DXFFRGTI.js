import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{a,b,c,d}from"./chunk-I7NG7MGY.js";import"./chunk-SZKK76DI.js";import"./chunk-N4XXHJZC.js";import"./chunk-ZETTWTYL.js";import"./chunk-V462KKQV.js";import"./chunk-MJVI2QFR.js";export{c as factsOf,d as failureText,b as prunedLine,a as resultLines};
