import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CLI, measureProcess } from '../support/action-process.ts'
import { writeUnchangedProject } from '../support/project.ts'
import { type Bench, type BenchOptions, type Bound, inTurns, type Row, toRow } from '../support/rows.ts'

/** What an image of 1K has as a PNG. */
const BYTES = 1_000_000
const BOUND: Bound = { of: 'ratio', atMost: 1.5 }

/** Reads and hashes each file, one after the other, off the main thread: the least there is to do. */
const baseline = (images: number): string => `
import { readFile } from 'node:fs/promises'
for (let index = 0; index < ${images}; index++) {
  await crypto.subtle.digest('SHA-256', await readFile(index + '.png'))
}`

/** The same, eight files at a time, as Easel reads them. */
const parallelBaseline = (images: number): string => `
import { readFile } from 'node:fs/promises'
let next = 0
await Promise.all(Array.from({ length: 8 }, async () => {
  for (let index = next++; index < ${images}; index = next++) {
    await crypto.subtle.digest('SHA-256', await readFile(index + '.png'))
  }
}))`

/** Unchanged images, against reading and hashing their files. */
export const actionUnchanged: Bench = { name: 'unchanged', measure }

async function measure({ quick }: BenchOptions): Promise<Row[]> {
  const bytes = quick ? BYTES / 10 : BYTES
  // Fewer would measure the start-up instead.
  const images = 1000
  const folder = await mkdtemp(join(tmpdir(), 'easel-bench-'))
  try {
    await writeUnchangedProject(folder, images, bytes)
    await writeFile(join(folder, 'one.mjs'), baseline(images))
    await writeFile(join(folder, 'eight.mjs'), parallelBaseline(images))
    const run =
      (...args: string[]) =>
      async () =>
        (await measureProcess(args, { cwd: folder })).ms
    const { check, one, eight } = await inTurns(
      { check: run(CLI, 'check'), one: run('one.mjs'), eight: run('eight.mjs') },
      { rounds: quick ? 1 : 5 },
    )
    const name = `Action, ${images} unchanged images of ${bytes / 1e6} MB`
    // Of small files, the start-up is much: the promise is about images as models draw them.
    const judged = bytes === BYTES ? { bound: BOUND } : {}
    return [
      toRow({ name, unit: 'ms', values: check, against: 'read and hash', references: one, ...judged }),
      toRow({
        name,
        unit: 'ms',
        values: check,
        against: 'read and hash, eight at a time',
        references: eight,
        ...judged,
      }),
    ]
  } finally {
    await rm(folder, { recursive: true })
  }
}
