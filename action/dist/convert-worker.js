import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{a as r,b as e}from"./chunk-AKC4D5SP.js";import"./chunk-LIF72FOZ.js";import{parentPort as o,workerData as a}from"node:worker_threads";var{file:n,from:i,to:s,quality:f}=a,t=new Uint8Array(await e(await r(n,i),s,f));o?.postMessage({bytes:t},[t.buffer]);
