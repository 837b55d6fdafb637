import"./rolldown-runtime-B09viugM.js";import{B as e,E as t,K as n,U as r,y as i}from"./base-C-e6wTAE.js";import{Ot as a,Tt as o,W as s,ht as c,kt as l}from"./plan-D1O7rrJt.js";import{appendFile as u,mkdir as d,open as f,readFile as p,realpath as m}from"node:fs/promises";import{dirname as h,join as g,relative as _,sep as v}from"node:path";import{promisify as y}from"node:util";import{execFile as b}from"node:child_process";const x=y(b);async function S(e){let[t,n,r]=await Promise.all([C(e,`rev-parse`,`--show-toplevel`),C(e,`symbolic-ref`,`--short`,`refs/remotes/origin/HEAD`),C(e,`symbolic-ref`,`--short`,`HEAD`)]);if(!t)return;let i=await m(t);return{root:i,folder:_(i,e).replaceAll(v,`/`),branch:n?.replace(/^origin\//,``)??r}}async function C(e,...t){return(await x(`git`,[`-c`,`safe.directory=*`,`-C`,e,...t]).catch(()=>void 0))?.stdout.trim()}const w=`# The images of this repository. \`easel plan\` shows what a run would do, \`easel generate\` does it.
version: 1

# Defaults for the images below. \`easel models\` lists the models.
defaults:
  model: ${c}
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
`,T=`${s}@v1`;function E({branch:e,folder:t}){let n=t===``?``:`\n          working-directory: ${D(t)}`;return`# Keeps the images of easel.yml up to date.
name: Easel
on:
  push:
    branches: [${D(e)}]
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
      - uses: ${T}
        with:${n}
          openrouter-api-key: \${{ secrets.OPENROUTER_API_KEY }}
          mode: \${{ github.event_name == 'pull_request' && 'plan' || 'generate' }}
          deliver: commit
          max-cost-usd: "1"
`}function D(e){return/^[a-z][a-z\d_/.-]{3,}$/i.test(e)&&!/^(true|false|null)$/i.test(e)?e:JSON.stringify(e)}const O=[`easel.lock.json merge=union linguist-generated`,`*.svg -text`],k=`easel.yml`,A=`.gitattributes`,j=`.github/workflows/easel.yml`;async function M(e,{workflow:t}){let r=await n(e),i=await N(r);return[i.line,...t?[await P(r)]:[],await F(r),``,`Next:`,`  1. Describe your images in ${i.path}.`,`  2. Run easel plan to see what will be generated and what it costs.`,`  3. Run easel generate. It needs OPENROUTER_API_KEY, from openrouter.ai/keys.`,...t?[`  4. Run gh secret set OPENROUTER_API_KEY, commit, and push.`]:[]]}async function N(e){let[t]=await o(e);if(t!==void 0)return{path:t,line:I(t)};let n=await a(e);if(n!==void 0){let e=n.startsWith(`.github/`)?`.github/${k}`:k;return{path:e,line:`${n} already exists, not changed: rename it to ${e}`}}return await L(e,k,w),{path:k,line:`wrote ${k}`}}async function P(e){let t=await S(e),{folder:n,branch:r=`main`}=t??{folder:``},i=`${n===``?``:`../`.repeat(n.split(`/`).length)}${j}`;return await L(t?.root??e,j,E({branch:r,folder:n}))?`wrote ${i}`:`${I(i)}${n===``?``:`: see that a step has working-directory: ${n}`}`}async function F(e){let t=g(e,A);if(await L(e,A,`${O.join(`
`)}\n`))return`wrote ${A}`;let n=await p(t,`utf8`),r=new Set(n.split(/\r?\n/).map(e=>e.trim())),i=O.filter(e=>!r.has(e));if(i.length===0)return I(A);let a=n!==``&&!n.endsWith(`
`);return await u(t,`${a?`
`:``}${i.join(`
`)}\n`),`added ${i.length===1?`a line`:`${i.length} lines`} to ${A}`}function I(e){return`${e} already exists, not changed`}async function L(n,a,o){let s=await e(n).linkIn(a);if(s!==void 0)throw new i(`${a} goes through the symbolic link ${s}.`);let c=g(n,a),u=await l(c);if(u===`a file`)return!1;if(u!==`nothing`)throw new i(`${a} is ${u}: easel init needs a file there.`);await d(h(c),{recursive:!0});try{try{var p=t();return await p.a(await f(c,`wx`)).writeFile(o),!0}catch(e){p.e=e}finally{await p.d()}}catch(e){if(r(e,`EEXIST`))return!1;throw e}}export{M as writeStarter};