import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{a}from"./chunk-UCJM4JP3.js";import"./chunk-LIF72FOZ.js";export{a as interruptions};
