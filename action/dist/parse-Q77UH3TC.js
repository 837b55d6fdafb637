import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{d as a,e as b,f as c}from"./chunk-74G5BQKF.js";import"./chunk-BIR43KDQ.js";import"./chunk-WYO2SSOU.js";import"./chunk-AU2EQPSO.js";import"./chunk-QHV6MW2H.js";import"./chunk-YS5KIPE7.js";export{a as parseSpecInput,b as parseSpecQuery,c as resolveSpec};
