import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{a as w}from"./chunk-CP2F2ODZ.js";import{a as d}from"./chunk-3NJFSGO2.js";import"./chunk-LTMWBOLF.js";import"./chunk-NAZQJCCK.js";import{e as u,f as c,g}from"./chunk-XTQNHKO2.js";import{b as h}from"./chunk-KWCQ5UEW.js";import{g as p,h as m}from"./chunk-LIF72FOZ.js";import{open as _,mkdir as b}from"node:fs/promises";import{dirname as k,join as N}from"node:path";var f=`# The images of this repository. \`easel plan\` shows what a run would do, \`easel generate\` does it.
version: ${w}

# Defaults for the images below. \`easel models\` lists the models.
defaults:
  model: ${d}
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
`,R="OWNER/easel@v1",O=`# Keeps the images of easel.yml up to date.
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
    permissions:
      contents: write
    steps:
      - uses: actions/checkout@v5
      # Replace OWNER with the account or organisation that has your copy of Easel.
      - uses: ${R}
        with:
          openrouter-api-key: \${{ secrets.OPENROUTER_API_KEY }}
          mode: \${{ github.event_name == 'pull_request' && 'plan' || 'generate' }}
          deliver: commit
          max-cost-usd: "1"
`;var I="easel.yml",K=".github/workflows/easel.yml";async function C(s,{workflow:e}){let i=await c(s),o=[],a=[[I,f],...e?[[K,O]]:[]];for(let[t,n]of a)o.push(await x(i,t,n)?`wrote ${t}`:`${t} already exists, not changed`);return[...o,"","Next:","  1. Describe your images in easel.yml.","  2. Run easel plan to see what will be generated and what it costs.","  3. Run easel generate. It needs OPENROUTER_API_KEY, from openrouter.ai/keys.",...e?["  4. Replace OWNER in the workflow with the account that has your copy of Easel.","  5. Run gh secret set OPENROUTER_API_KEY, commit, and push."]:[]]}async function x(s,e,i){let o=await u(s).linkIn(e);if(o!==void 0)throw new h(`${e} goes through the symbolic link ${o}.`);let a=N(s,e);await b(k(a),{recursive:!0});try{var t=[];try{let r=p(t,await _(a,"wx"),!0);await r.writeFile(i);return!0}catch(n){var y=n,E=!0}finally{var l=m(t,y,E);l&&await l}}catch(r){if(g(r,"EEXIST"))return!1;throw r}}export{C as writeStarter};
