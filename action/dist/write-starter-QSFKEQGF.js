import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{a as O,b as T}from"./chunk-3Q6X5XNP.js";import{a as f}from"./chunk-YBDLLN7Y.js";import{e as c,f as h,g as d}from"./chunk-XTQNHKO2.js";import"./chunk-4ICDBAJU.js";import{b as w}from"./chunk-KWCQ5UEW.js";import{g as u,h as g}from"./chunk-LIF72FOZ.js";import{appendFile as k,open as A,mkdir as x,readFile as P}from"node:fs/promises";import{dirname as F,join as y}from"node:path";var E=`# The images of this repository. \`easel plan\` shows what a run would do, \`easel generate\` does it.
version: ${O}

# Defaults for the images below. \`easel models\` lists the models.
defaults:
  model: ${f}
  aspect_ratio: "16:9"

# Named styles. {prompt} is replaced with the image's own prompt.
presets:
  line-art:
    prompt: "{prompt}. Single-weight indigo line art on white, no text."

images:
  # The extension sets the format: .png, .jpg, .webp, .gif or .svg.
  - path: docs/img/lighthouse.png
    prompt: A lighthouse at dusk, calm sea
    alt: A lighthouse at dusk

  # With an id for the command line (easel generate lamp), a preset, and another aspect ratio.
  - path: docs/img/lamp.png
    id: lamp
    preset: line-art
    prompt: A cutaway of a lighthouse lamp
    aspect_ratio: "4:3"
    alt: Cutaway of a lighthouse lamp

  # More fields, all optional:
  #   image_size: 2K                       0.5K, 1K, 2K or 4K, if the model supports it
  #   seed: 7                              makes results repeatable, if the model supports it
  #   take: 2                              another image for the same prompt
  #   input_images: [docs/brand/logo.png]  images to start from: paths or https URLs
`,I=`${T}@v1`,_=`# Keeps the images of easel.yml up to date.
name: Easel
on:
  push:
    branches: [main]
  pull_request:
  workflow_dispatch:

# One run at a time, so that no image is generated twice.
concurrency:
  group: easel-\${{ github.ref }}

jobs:
  images:
    runs-on: ubuntu-latest
    timeout-minutes: 30
    permissions:
      contents: write
      actions: read
    steps:
      - uses: actions/checkout@v5
      - uses: ${I}
        with:
          openrouter-api-key: \${{ secrets.OPENROUTER_API_KEY }}
          mode: \${{ github.event_name == 'pull_request' && 'plan' || 'generate' }}
          deliver: commit
          max-cost-usd: "1"
`,m=["easel.lock.json merge=union linguist-generated","*.svg -text"];var K="easel.yml",r=".gitattributes",N=".github/workflows/easel.yml";async function Y(i,{workflow:e}){let s=await h(i),o=[],t=[[K,E],...e?[[N,_]]:[]];for(let[a,n]of t)o.push(await R(s,a,n)?`wrote ${a}`:`${a} already exists, not changed`);return o.push(await S(s)),[...o,"","Next:","  1. Describe your images in easel.yml.","  2. Run easel plan to see what will be generated and what it costs.","  3. Run easel generate. It needs OPENROUTER_API_KEY, from openrouter.ai/keys.",...e?["  4. Run gh secret set OPENROUTER_API_KEY, commit, and push."]:[]]}async function S(i){let e=y(i,r);if(await R(i,r,`${m.join(`
`)}
`))return`wrote ${r}`;let s=await P(e,"utf8"),o=new Set(s.split(/\r?\n/).map(n=>n.trim())),t=m.filter(n=>!o.has(n));if(t.length===0)return`${r} already exists, not changed`;let a=s!==""&&!s.endsWith(`
`);return await k(e,`${a?`
`:""}${t.join(`
`)}
`),`added ${t.length===1?"a line":`${t.length} lines`} to ${r}`}async function R(i,e,s){let o=await c(i).linkIn(e);if(o!==void 0)throw new w(`${e} goes through the symbolic link ${o}.`);let t=y(i,e);await x(F(t),{recursive:!0});try{var a=[];try{let l=u(a,await A(t,"wx"),!0);await l.writeFile(s);return!0}catch(n){var $=n,b=!0}finally{var p=g(a,$,b);p&&await p}}catch(l){if(d(l,"EEXIST"))return!1;throw l}}export{Y as writeStarter};
