import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{a}from"./chunk-OOKC34J5.js";import"./chunk-ZNZJQPXL.js";import"./chunk-LIF72FOZ.js";export{a as reportOf};
