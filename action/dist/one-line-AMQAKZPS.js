import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{a,b}from"./chunk-OC2H26S5.js";import"./chunk-LIF72FOZ.js";export{a as oneLine,b as shorten};
