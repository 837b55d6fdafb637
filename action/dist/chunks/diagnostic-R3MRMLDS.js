import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{a,b,c,d,e}from"./chunk-66I2Z727.js";import"./chunk-MJVI2QFR.js";export{a as ConfigError,b as UsageError,e as compare,c as formatDiagnostic,d as inOrder};
