import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{a,b,c,d,e}from"./chunk-KWCQ5UEW.js";import"./chunk-LIF72FOZ.js";export{a as ConfigError,b as UsageError,e as compare,c as formatDiagnostic,d as inOrder};
