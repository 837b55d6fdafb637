import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{a}from"./chunk-XM53AS4I.js";import"./chunk-UXNQRYD5.js";import"./chunk-RJDFI22S.js";import"./chunk-SXAWFFTC.js";import"./chunk-AC5WQAQE.js";import"./chunk-QAN3D47U.js";import"./chunk-JN7SQJZB.js";import"./chunk-ROCP5SOU.js";import"./chunk-MJVI2QFR.js";export{a as prune};
