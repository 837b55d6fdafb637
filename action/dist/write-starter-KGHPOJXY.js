import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{a as w}from"./chunk-CFQGDGAR.js";import{b as c}from"./chunk-KWCQ5UEW.js";import"./chunk-KGKMJZHT.js";import"./chunk-DCLTWQ35.js";import{d as p,e as g,f as u}from"./chunk-ULL2Z6BI.js";import{g as m,h}from"./chunk-LIF72FOZ.js";import{open as b,mkdir as _}from"node:fs/promises";import{dirname as k,join as R}from"node:path";var d=`# The images of this repository. \`easel plan\` shows what is to be done, \`easel generate\` does it.
version: ${w}

# Fields of every image below that leaves them out. \`easel models\` lists the models.
defaults:
  model: google/gemini-2.5-flash-image
  aspect_ratio: "16:9"

# Styles by name. {prompt} is where an image's own prompt goes.
presets:
  line-art:
    prompt: "{prompt}. Single-weight indigo line art on white, no text."

images:
  # The extension says what the file is: .png, .jpg, .webp or .svg.
  - path: docs/img/lighthouse.png
    prompt: A lighthouse at dusk, calm sea
    alt: A lighthouse at dusk

  # With a name for the command line (easel generate lamp), a style, and another shape.
  - path: docs/img/lamp.png
    id: lamp
    preset: line-art
    prompt: A cutaway of a lighthouse lamp
    aspect_ratio: "4:3"
    alt: How the lamp of a lighthouse turns

  # Further fields, all optional:
  #   image_size: 2K                       0.5K, 1K, 2K or 4K, where the model has it
  #   seed: 7                              the same image again, where the model can
  #   take: 2                              another image for the same words
  #   input_images: [docs/brand/logo.png]  images to start from: paths or https URLs
`,E="OWNER/easel@v1",f=`# Keeps the images of easel.yml up to date.
name: Easel
on:
  push:
    branches: [main]
  pull_request:
  workflow_dispatch:

# One run at a time, so that no image is made twice.
concurrency:
  group: easel-\${{ github.ref }}

jobs:
  images:
    runs-on: ubuntu-latest
    permissions:
      contents: write
    steps:
      - uses: actions/checkout@v5
      # OWNER: the account or organisation that your copy of Easel is in.
      - uses: ${E}
        with:
          openrouter-api-key: \${{ secrets.OPENROUTER_API_KEY }}
          mode: \${{ github.event_name == 'pull_request' && 'plan' || 'generate' }}
          deliver: commit
          max-cost-usd: "1"
`;var N="easel.yml",K=".github/workflows/easel.yml";async function $(o,{workflow:e}){let r=await g(o),s=[],a=[[N,d],...e?[[K,f]]:[]];for(let[t,n]of a)s.push(await F(r,t,n)?`wrote ${t}`:`${t} is there already: left as it is`);return[...s,"","Next:","  1. describe your images in easel.yml","  2. easel plan           shows what will be made, and the price","  3. easel generate       makes it (needs OPENROUTER_API_KEY, from openrouter.ai/keys)",...e?["  4. put your copy of Easel for OWNER in the workflow, gh secret set OPENROUTER_API_KEY, and push"]:[]]}async function F(o,e,r){let s=await p(o).linkIn(e);if(s!==void 0)throw new c(`${e} goes through the symbolic link ${s}.`);let a=R(o,e);await _(k(a),{recursive:!0});try{var t=[];try{let i=m(t,await b(a,"wx"),!0);await i.writeFile(r);return!0}catch(n){var y=n,O=!0}finally{var l=h(t,y,O);l&&await l}}catch(i){if(u(i,"EEXIST"))return!1;throw i}}export{$ as writeStarter};
