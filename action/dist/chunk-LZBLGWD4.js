import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{styleText as n}from"node:util";var a=(e,t)=>t;function o(e){return(t,r)=>n(t,r,{stream:e,validateStream:!0})}export{a,o as b};
