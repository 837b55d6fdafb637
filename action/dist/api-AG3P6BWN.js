import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{a,b}from"./chunk-45CW2IVN.js";import"./chunk-LVJ2IKUM.js";import"./chunk-LIF72FOZ.js";export{a as createApi,b as statusOf};
