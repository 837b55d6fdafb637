import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{a}from"./chunk-GJRKJQDO.js";import"./chunk-MJVI2QFR.js";export{a as interruptions};
