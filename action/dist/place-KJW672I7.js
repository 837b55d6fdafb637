import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{a}from"./chunk-ELAZHSZO.js";import"./chunk-DCLTWQ35.js";import"./chunk-LIF72FOZ.js";export{a as readPlace};
