import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{a,b,c,d}from"./chunk-GB5CNP2M.js";import"./chunk-LGJP2P2U.js";import"./chunk-APUDI2CH.js";import"./chunk-G37UXEY5.js";import"./chunk-OC2H26S5.js";import"./chunk-MFOV3ORC.js";import"./chunk-LIF72FOZ.js";export{c as factsOf,d as failureText,b as prunedLine,a as resultLines};
