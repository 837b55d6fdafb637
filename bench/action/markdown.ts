import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DEFAULT_MODEL } from '../../shared/default-model.ts'
import { formatLock } from '../../action/lock/lock-file.ts'
import type { LockEntry } from '../../action/lock/schema.ts'
import { CLI, measureProcess } from '../support/action-process.ts'
import { type Bench, type BenchOptions, type Bound, interleave, type Row, toRow } from '../support/rows.ts'

/** Milliseconds on top of reading the files, for 2,000 pages. */
const BOUND: Bound = { of: 'difference', atMost: 2000 }

/** Reads each page, as many at a time as Easel does: the least possible work. */
const baseline = (pages: number): string => `
import { readFile } from 'node:fs/promises'
let next = 0
await Promise.all(Array.from({ length: 32 }, async () => {
  for (let page = next++; page < ${pages}; page = next++) {
    await readFile('docs/section-' + (page % 40) + '/page-' + page + '.md', 'utf8')
  }
}))`

/** Many Markdown files with many images, all up to date, against reading the files. */
export const actionMarkdown: Bench = { name: 'markdown', measure }

async function measure({ quick }: BenchOptions): Promise<Row[]> {
  const pages = quick ? 200 : 2000
  const images = pages * 1.5
  const folder = await mkdtemp(join(tmpdir(), 'easel-bench-'))
  try {
    await writePages(folder, pages)
    await writeFile(join(folder, 'read.mjs'), baseline(pages))
    await lockEverything(folder, images)
    const run =
      (...args: string[]) =>
      async () =>
        (await measureProcess(args, { cwd: folder })).ms
    const { check, read } = await interleave(
      { check: run(CLI, 'check'), read: run('read.mjs') },
      { rounds: quick ? 1 : 5 },
    )
    const name = `Action, ${pages} pages with ${images} images`
    return [
      toRow({
        name,
        unit: 'ms',
        values: check,
        against: 'reading the pages',
        references: read,
        ...(!quick && { bound: BOUND }),
      }),
    ]
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function writePages(folder: string, pages: number): Promise<void> {
  for (let index = 0; index < pages; index++) {
    const section = join(folder, `docs/section-${index % 40}`)
    await mkdir(join(section, 'img'), { recursive: true })
    await writeFile(join(section, `page-${index}.md`), page(index))
  }
  await writeFile(
    join(folder, 'easel.yml'),
    `version: 1\ndefaults: { model: ${DEFAULT_MODEL}, aspect_ratio: "16:9" }\nmarkdown: ["docs/**/*.md"]\n`,
  )
}

/** A page of about 3 kB with everything that docs have, and one or two images. */
function page(index: number): string {
  const image = (name: string, fields: string): string =>
    `<!-- easel\n${fields}prompt: How the ${name} of lighthouse ${index} turns\n-->\n![The *${name}* turns](img/${name}-${index}.png)\n`
  const paragraph = `A lighthouse lens is a set of *prisms* that bend the light of a small lamp into a beam. It was made by
[Augustin Fresnel](https://example.com/fresnel) in 1822, and \`lens(${index})\` describes it. Nothing in the way
the prisms are cut has changed since then, **except** that they are made of plastic, which is [cheaper][price].
`
  const section = `## Options ${index}

${paragraph}
| option | meaning | default |
| --- | --- | --- |
| \`speed\` | turns per minute | 6 |
| \`colour\` | of the light | white |

1. Open the door.
2. Climb the stairs; mind the third step.
   - It is loose, and has always been.
3. Light the lamp.

\`\`\`ts
export function turn(lamp: Lamp, speed = ${index}): void {
  for (const prism of lamp.prisms) prism.turn(speed)
}
\`\`\`

${paragraph}`
  return `---
title: Page ${index}
---

# How lighthouse ${index} works

${paragraph}
${image('lamp', 'aspect_ratio: 4:3\n')}
${section}
${index % 2 === 0 ? image('lens', '') : ''}
> ${paragraph.replaceAll('\n', '\n> ')}

${section}
![elsewhere](https://example.com/x.png "title")

[price]: https://example.com/prices
`
}

/** Writes small files and a lock file, so that everything is up to date. */
async function lockEverything(folder: string, expected: number): Promise<void> {
  const { stdout } = await measureProcess([CLI, 'check', '--json'], { cwd: folder }).catch(
    (error: Error) => ({
      // Everything is new, so it exits with 3, after printing the report.
      stdout: error.message.slice(error.message.indexOf('{')),
    }),
  )
  const { images } = JSON.parse(stdout) as {
    images: { path: string; fingerprint: string; prompt: string; aspect_ratio: string }[]
  }
  if (images.length !== expected) throw new Error(`${images.length} images were found, not ${expected}.`)
  const entries = new Map<string, LockEntry>()
  for (const { path, fingerprint, prompt, aspect_ratio } of images) {
    const bytes = Buffer.from(path)
    await writeFile(join(folder, path), bytes)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const facts = {
      bytes: bytes.byteLength,
      media_type: 'image/png',
      width: 1344,
      height: 768,
      model: DEFAULT_MODEL,
    }
    entries.set(path, { fingerprint, sha256, ...facts, spec: { prompt, model: DEFAULT_MODEL, aspect_ratio } })
  }
  await writeFile(join(folder, 'easel.lock.json'), formatLock(entries))
}
