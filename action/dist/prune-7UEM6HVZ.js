import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{a}from"./chunk-D4IRR2YJ.js";import"./chunk-QLRPRRJK.js";import"./chunk-3VMR2H3Z.js";import"./chunk-XTQNHKO2.js";import"./chunk-LIF72FOZ.js";export{a as prune};
