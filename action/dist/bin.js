#!/usr/bin/env node
import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import r from"node:process";var o={major:22,minor:12},[e=0,s=0]=r.versions.node.split(".").map(Number);e<o.major||e===o.major&&s<o.minor?(r.stderr.write(`easel needs Node ${o.major}.${o.minor} or newer; this is ${r.versions.node}. Install it from nodejs.org.
`),r.exit(1)):await import("./cli.js");
