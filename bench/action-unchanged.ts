/** 1,000 unchanged images, against reading and hashing their files: `node bench/action-unchanged.ts`. */
import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatLock } from '../action/lock/lock-file.ts'
import type { LockEntry } from '../action/lock/schema.ts'
import { CLI, measureProcess, median, say } from './support/action-process.ts'

const IMAGES = 1000
/** What a picture of 1K has as a PNG. */
const BYTES = 1_000_000
const ROUNDS = 5
const BOUND = 1.5

/** Reads and hashes each file, one after the other, off the main thread: the least there is to do. */
const BASELINE = `
import { readFile } from 'node:fs/promises'
for (let index = 0; index < ${IMAGES}; index++) {
  await crypto.subtle.digest('SHA-256', await readFile(index + '.png'))
}`

/** The same, eight files at a time, as Easel reads them. */
const PARALLEL_BASELINE = `
import { readFile } from 'node:fs/promises'
let next = 0
await Promise.all(Array.from({ length: 8 }, async () => {
  for (let index = next++; index < ${IMAGES}; index = next++) {
    await crypto.subtle.digest('SHA-256', await readFile(index + '.png'))
  }
}))`

const folder = await mkdtemp(join(tmpdir(), 'easel-bench-'))
try {
  const names = Array.from({ length: IMAGES }, (_, index) => `${index}.png`)
  const lines = names.map(
    (path, index) => `  - { path: ${path}, prompt: "Picture ${index} of many, in oil" }`,
  )
  await writeFile(
    join(folder, 'easel.yml'),
    `version: 1\ndefaults: { model: google/gemini-2.5-flash-image, aspect_ratio: "16:9" }\nimages:\n${lines.join('\n')}\n`,
  )
  const { stdout } = await measureProcess([CLI, 'check', '--json'], { cwd: folder }).catch(
    (error: Error) => ({
      // Everything is new, so it exits with 3: the report is what is wanted.
      stdout: error.message.slice(error.message.indexOf('{')),
    }),
  )
  const images = (JSON.parse(stdout) as { images: { path: string; fingerprint: string; prompt: string }[] })
    .images
  const entries = new Map<string, LockEntry>()
  for (const { path, fingerprint, prompt } of images) {
    const bytes = randomBytes(BYTES)
    await writeFile(join(folder, path), bytes)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const model = 'google/gemini-2.5-flash-image'
    const facts = { bytes: BYTES, media_type: 'image/png', width: 1344, height: 768, model, cost_usd: 0.0387 }
    entries.set(path, { fingerprint, sha256, ...facts, spec: { prompt, model, aspect_ratio: '16:9' } })
  }
  await writeFile(join(folder, 'easel.lock.json'), formatLock(entries))
  await writeFile(join(folder, 'one.mjs'), BASELINE)
  await writeFile(join(folder, 'eight.mjs'), PARALLEL_BASELINE)

  // In turns, so that whatever else the machine does is shared; once before, for the disk's cache.
  const programs = [[CLI, 'check'], ['one.mjs'], ['eight.mjs']]
  for (const args of programs) await measureProcess(args, { cwd: folder })
  const times = programs.map(() => [] as number[])
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, args] of programs.entries()) {
      times[index]?.push((await measureProcess(args, { cwd: folder })).ms)
    }
  }
  const [check = 0, one = 0, eight = 0] = times.map(median)
  console.log(
    `${IMAGES} files of ${BYTES / 1e6} MB: check ${check.toFixed(0)} ms, reading and hashing one by one ${one.toFixed(0)} ms, eight at a time ${eight.toFixed(0)} ms`,
  )
  say(`${IMAGES} unchanged images, against one by one`, check / one, BOUND, ' ×')
  say(`${IMAGES} unchanged images, against eight at a time`, check / eight, BOUND, ' ×')
} finally {
  await rm(folder, { recursive: true })
}
