import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{a,b}from"./chunk-LZBLGWD4.js";import"./chunk-LIF72FOZ.js";export{b as paintFor,a as plainPaint};
