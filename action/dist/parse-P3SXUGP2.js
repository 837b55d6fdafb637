import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{h as a,i as b,j as c}from"./chunk-G5JTOP4X.js";import"./chunk-WYO2SSOU.js";import"./chunk-QHV6MW2H.js";import"./chunk-AU2EQPSO.js";import"./chunk-YS5KIPE7.js";export{a as parseSpecInput,b as parseSpecQuery,c as resolveSpec};
