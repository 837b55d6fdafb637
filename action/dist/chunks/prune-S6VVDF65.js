import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{a}from"./chunk-AO76DMFN.js";import"./chunk-2QCVRPJR.js";import"./chunk-RJDFI22S.js";import"./chunk-SXAWFFTC.js";import"./chunk-INPY6J4J.js";import"./chunk-QAN3D47U.js";import"./chunk-JN7SQJZB.js";import"./chunk-G6FQMJEV.js";import"./chunk-MJVI2QFR.js";export{a as prune};
