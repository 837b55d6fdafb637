import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{a,b,c}from"./chunk-K6NI5DYC.js";import"./chunk-SZKK76DI.js";import"./chunk-N4XXHJZC.js";import"./chunk-ZETTWTYL.js";import"./chunk-V462KKQV.js";import"./chunk-MJVI2QFR.js";export{c as factsOf,b as prunedLine,a as resultLines};
