import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{a}from"./chunk-YNIOZCBY.js";import"./chunk-YS5KIPE7.js";export{a as interruptions};
