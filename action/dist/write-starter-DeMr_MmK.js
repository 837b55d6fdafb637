import"./rolldown-runtime-B09viugM.js";import{C as e,M as t,O as n,T as r,_ as i}from"./base-CBRWUeia.js";import{R as a,ct as o}from"./plan-Bpn9VC7t.js";import{appendFile as s,mkdir as c,open as l,readFile as u}from"node:fs/promises";import{dirname as d,join as f}from"node:path";const p=`# The images of this repository. \`easel plan\` shows what a run would do, \`easel generate\` does it.
version: 1

# Defaults for the images below. \`easel models\` lists the models.
defaults:
  model: ${o}
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
`,m=`# Keeps the images of easel.yml up to date.
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
      - uses: ${`${a}@v1`}
        with:
          openrouter-api-key: \${{ secrets.OPENROUTER_API_KEY }}
          mode: \${{ github.event_name == 'pull_request' && 'plan' || 'generate' }}
          deliver: commit
          max-cost-usd: "1"
`,h=[`easel.lock.json merge=union linguist-generated`,`*.svg -text`],g=`.gitattributes`;async function _(e,{workflow:t}){let r=await n(e),i=[],a=[[`easel.yml`,p],...t?[[`.github/workflows/easel.yml`,m]]:[]];for(let[e,t]of a)i.push(await y(r,e,t)?`wrote ${e}`:`${e} already exists, not changed`);return i.push(await v(r)),[...i,``,`Next:`,`  1. Describe your images in easel.yml.`,`  2. Run easel plan to see what will be generated and what it costs.`,`  3. Run easel generate. It needs OPENROUTER_API_KEY, from openrouter.ai/keys.`,...t?[`  4. Run gh secret set OPENROUTER_API_KEY, commit, and push.`]:[]]}async function v(e){let t=f(e,g);if(await y(e,g,`${h.join(`
`)}\n`))return`wrote ${g}`;let n=await u(t,`utf8`),r=new Set(n.split(/\r?\n/).map(e=>e.trim())),i=h.filter(e=>!r.has(e));if(i.length===0)return`${g} already exists, not changed`;let a=n!==``&&!n.endsWith(`
`);return await s(t,`${a?`
`:``}${i.join(`
`)}\n`),`added ${i.length===1?`a line`:`${i.length} lines`} to ${g}`}async function y(n,a,o){let s=await e(n).linkIn(a);if(s!==void 0)throw new i(`${a} goes through the symbolic link ${s}.`);let u=f(n,a);await c(d(u),{recursive:!0});try{try{var p=t();return await p.a(await l(u,`wx`)).writeFile(o),!0}catch(e){p.e=e}finally{await p.d()}}catch(e){if(r(e,`EEXIST`))return!1;throw e}}export{_ as writeStarter};