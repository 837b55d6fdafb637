import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{a}from"./chunk-OXNP62YA.js";import"./chunk-WE3HCVO4.js";import"./chunk-MREMX26X.js";import"./chunk-WEVJDPM5.js";import"./chunk-LIF72FOZ.js";export{a as prune};
