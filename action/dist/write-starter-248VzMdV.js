import"./rolldown-runtime-B09viugM.js";import{B as e,E as t,K as n,U as r,y as i}from"./base-C-e6wTAE.js";import{At as a,Et as o,G as s,T as c,gt as l,kt as u}from"./plan-BlW4dBKD.js";import{appendFile as d,mkdir as f,open as p,readFile as m,realpath as h}from"node:fs/promises";import{dirname as g,join as _,relative as v,sep as y}from"node:path";async function b(e){let[t,n,r]=await Promise.all([c(e,[`rev-parse`,`--show-toplevel`]),c(e,[`symbolic-ref`,`--short`,`refs/remotes/origin/HEAD`]),c(e,[`symbolic-ref`,`--short`,`HEAD`])]);if(!t)return;let i=await h(t.trim());return{root:i,folder:v(i,e).replaceAll(y,`/`),branch:n?.trim().replace(/^origin\//,``)??r?.trim()}}const x=`# The images of this repository. \`easel plan\` shows what a run would do, \`easel generate\` does it.
version: 1

# Defaults for the images below. \`easel models\` lists the models.
defaults:
  model: ${l}
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
`,S=`${s}@v1`;function C({branch:e,folder:t}){let n=t===``?``:`\n          working-directory: ${w(t)}`;return`# Keeps the images of easel.yml up to date.
name: Easel
on:
  push:
    branches: [${w(e)}]
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
      - uses: ${S}
        with:${n}
          openrouter-api-key: \${{ secrets.OPENROUTER_API_KEY }}
          mode: \${{ github.event_name == 'pull_request' && 'plan' || 'generate' }}
          deliver: commit
          max-cost-usd: "1"
`}function w(e){return/^[a-z][a-z\d_/.-]{3,}$/i.test(e)&&!/^(true|false|null)$/i.test(e)?e:JSON.stringify(e)}const T=[`easel.lock.json merge=union linguist-generated`,`*.svg -text`],E=`easel.yml`,D=`.gitattributes`,O=`.github/workflows/easel.yml`;async function k(e,{workflow:t}){let r=await n(e),i=await A(r);return[i.line,...t?[await j(r)]:[],await M(r),``,`Next:`,`  1. Describe your images in ${i.path}.`,`  2. Run easel plan to see what will be generated and what it costs.`,`  3. Run easel generate. It needs OPENROUTER_API_KEY, from openrouter.ai/keys.`,...t?[`  4. Run gh secret set OPENROUTER_API_KEY, commit, and push.`]:[]]}async function A(e){let[t]=await o(e);if(t!==void 0)return{path:t,line:N(t)};let n=await u(e);if(n!==void 0){let e=n.startsWith(`.github/`)?`.github/${E}`:E;return{path:e,line:`${n} already exists, not changed: rename it to ${e}`}}return await P(e,E,x),{path:E,line:`wrote ${E}`}}async function j(e){let t=await b(e),{folder:n,branch:r=`main`}=t??{folder:``},i=`${n===``?``:`../`.repeat(n.split(`/`).length)}${O}`;return await P(t?.root??e,O,C({branch:r,folder:n}))?`wrote ${i}`:`${N(i)}${n===``?``:`: see that a step has working-directory: ${n}`}`}async function M(e){let t=_(e,D);if(await P(e,D,`${T.join(`
`)}\n`))return`wrote ${D}`;let n=await m(t,`utf8`),r=new Set(n.split(/\r?\n/).map(e=>e.trim())),i=T.filter(e=>!r.has(e));if(i.length===0)return N(D);let a=n!==``&&!n.endsWith(`
`);return await d(t,`${a?`
`:``}${i.join(`
`)}\n`),`added ${i.length===1?`a line`:`${i.length} lines`} to ${D}`}function N(e){return`${e} already exists, not changed`}async function P(n,o,s){let c=await e(n).linkIn(o);if(c!==void 0)throw new i(`${o} goes through the symbolic link ${c}.`);let l=_(n,o),u=await a(l);if(u===`a file`)return!1;if(u!==`nothing`)throw new i(`${o} is ${u}: easel init needs a file there.`);await f(g(l),{recursive:!0});try{try{var d=t();return await d.a(await p(l,`wx`)).writeFile(s),!0}catch(e){d.e=e}finally{await d.d()}}catch(e){if(r(e,`EEXIST`))return!1;throw e}}export{k as writeStarter};