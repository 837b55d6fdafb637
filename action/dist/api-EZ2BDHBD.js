import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{a,b}from"./chunk-TOZ47HUS.js";import"./chunk-LVJ2IKUM.js";import"./chunk-LIF72FOZ.js";export{a as createApi,b as statusOf};
