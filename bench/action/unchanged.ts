import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CLI, measureProcess } from '../support/action-process.ts'
import { writeUnchangedProject } from '../support/project.ts'
import { type Bench, type BenchOptions, type Bound, interleave, type Row, toRow } from '../support/rows.ts'

/** A typical 1K image as a PNG. */
const BYTES = 1_000_000
const BOUND: Bound = { of: 'ratio', atMost: 1.5 }

/** Reads and hashes each file, one after the other, off the main thread: the least possible work. */
const baseline = (images: number): string => `
import { readFile } from 'node:fs/promises'
for (let index = 0; index < ${images}; index++) {
  await crypto.subtle.digest('SHA-256', await readFile(index + '.png'))
}`

/** The same with eight files at a time, as Easel reads them. */
const parallelBaseline = (images: number): string => `
import { readFile } from 'node:fs/promises'
let next = 0
await Promise.all(Array.from({ length: 8 }, async () => {
  for (let index = next++; index < ${images}; index = next++) {
    await crypto.subtle.digest('SHA-256', await readFile(index + '.png'))
  }
}))`

/** A run over unchanged images, against reading and hashing their files. */
export const actionUnchanged: Bench = { name: 'unchanged', measure }

async function measure({ quick }: BenchOptions): Promise<Row[]> {
  const bytes = quick ? BYTES / 10 : BYTES
  // With fewer, start-up would dominate.
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
    const { check, one, eight } = await interleave(
      { check: run(CLI, 'check'), one: run('one.mjs'), eight: run('eight.mjs') },
      { rounds: quick ? 1 : 5 },
    )
    const name = `Action, ${images} unchanged images of ${bytes / 1e6} MB`
    // With small files, start-up dominates: the promise is about images as models generate them.
    const bounded = bytes === BYTES ? { bound: BOUND } : {}
    return [
      toRow({ name, unit: 'ms', values: check, against: 'read and hash', references: one, ...bounded }),
      toRow({
        name,
        unit: 'ms',
        values: check,
        against: 'read and hash, eight at a time',
        references: eight,
        ...bounded,
      }),
    ]
  } finally {
    await rm(folder, { recursive: true })
  }
}
