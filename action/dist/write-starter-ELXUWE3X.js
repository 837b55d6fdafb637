import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);
import{a as d}from"./chunk-CAYRGS2N.js";import{d as u,e as h,f as c}from"./chunk-ULL2Z6BI.js";import{b as g}from"./chunk-KWCQ5UEW.js";import"./chunk-U4W7SEQL.js";import"./chunk-UUSZNTTH.js";import{e as p,f as m}from"./chunk-YS5KIPE7.js";import{open as _,mkdir as k}from"node:fs/promises";import{dirname as E,join as K}from"node:path";var w=`# The pictures of this repository. \`easel plan\` shows what is to be done, \`easel generate\` does it.
version: ${d}

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
  #   seed: 7                              the same picture again, where the model can
  #   take: 2                              another picture for the same words
  #   input_images: [docs/brand/logo.png]  pictures to start from: paths or https URLs
`,O="easel-pictures/easel@v1",f=`# Keeps the pictures of easel.yml up to date.
name: Easel
on:
  push:
    branches: [main]
  pull_request:
  workflow_dispatch:

# One run at a time, so that no picture is made twice.
concurrency:
  group: easel-\${{ github.ref }}

jobs:
  pictures:
    runs-on: ubuntu-latest
    permissions:
      contents: write
    steps:
      - uses: actions/checkout@v5
      - uses: ${O}
        id: easel
        with:
          openrouter-api-key: \${{ secrets.OPENROUTER_API_KEY }}
          mode: \${{ github.event_name == 'pull_request' && 'plan' || 'generate' }}
          deliver: none
          max-cost-usd: "1"
      - name: Commit the pictures
        # Also after a failure: what was made before it is paid for.
        if: \${{ !cancelled() && github.event_name != 'pull_request' && steps.easel.outputs.changed == 'true' }}
        run: |
          git config user.name 'github-actions[bot]'
          git config user.email '41898282+github-actions[bot]@users.noreply.github.com'
          git add --all
          git commit --message 'Update pictures'
          git push
`;var R="easel.yml",F=".github/workflows/easel.yml";async function W(o,{workflow:e}){let r=await h(o),s=[],a=[[R,w],...e?[[F,f]]:[]];for(let[t,n]of a)s.push(await I(r,t,n)?`wrote ${t}`:`${t} is there already: left as it is`);return[...s,"","Next:","  1. describe your pictures in easel.yml","  2. easel plan           shows what will be made, and the price","  3. easel generate       makes it (needs OPENROUTER_API_KEY, from openrouter.ai/keys)",...e?["  4. gh secret set OPENROUTER_API_KEY, and push: the workflow does the rest"]:[]]}async function I(o,e,r){let s=await u(o).linkIn(e);if(s!==void 0)throw new g(`${e} goes through the symbolic link ${s}.`);let a=K(o,e);await k(E(a),{recursive:!0});try{var t=[];try{let i=p(t,await _(a,"wx"),!0);await i.writeFile(r);return!0}catch(n){var b=n,y=!0}finally{var l=m(t,b,y);l&&await l}}catch(i){if(c(i,"EEXIST"))return!1;throw i}}export{W as writeStarter};
