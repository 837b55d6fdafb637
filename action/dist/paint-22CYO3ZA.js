import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{a,b}from"./chunk-LZBLGWD4.js";import"./chunk-YS5KIPE7.js";export{b as paintFor,a as plainPaint};
