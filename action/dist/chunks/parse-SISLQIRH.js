import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{h as a,i as b,j as c}from"./chunk-FVY6LXBJ.js";import"./chunk-QAN3D47U.js";import"./chunk-JN7SQJZB.js";import"./chunk-G6FQMJEV.js";import"./chunk-MJVI2QFR.js";export{a as parseSpecInput,b as parseSpecQuery,c as resolveSpec};
