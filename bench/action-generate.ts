import { fork } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { CLI, measureProcess } from './support/action-process.ts'
import { type Bench, type BenchOptions, type Row, toRow } from './support/rows.ts'

const LATENCY_MS = 1000
const CONCURRENCY = 8
const MEMORY_BOUND_MB = 400
/** A 4K PNG, as the larger models send it. */
const BYTES_4K = 25_000_000

/** Many images at a latency; and the memory of 4K pictures, whose bytes must not all be held. */
export const actionGenerate: Bench = { name: 'latency', measure }

async function measure({ quick }: BenchOptions): Promise<Row[]> {
  const rows = [await atLatency(200, quick ? 100 : LATENCY_MS)]
  for (const images of quick ? [16] : [16, 48]) rows.push(await inMemory(images))
  return rows
}

async function atLatency(images: number, latencyMs: number): Promise<Row> {
  await using emulator = await startEmulator({ bytes: 300_000, latencyMs })
  const { ms } = await generate(images, emulator.url, 'model: google/gemini-2.5-flash-image')
  return toRow({
    name: `Action, ${images} images, upstream latency ${latencyMs} ms, ${CONCURRENCY} at a time`,
    unit: 'ms',
    values: [ms],
    against: 'the upstream alone',
    references: [(images * latencyMs) / CONCURRENCY],
    // A short latency measures the machine: the promise is about what an upstream takes.
    ...(latencyMs === LATENCY_MS && { bound: { of: 'ratio', atMost: 1.1 } }),
  })
}

async function inMemory(images: number): Promise<Row> {
  await using emulator = await startEmulator({ bytes: BYTES_4K })
  const { peakMb } = await generate(images, emulator.url, 'model: google/gemini-3-pro-image, image_size: 4K')
  return toRow({
    name: `Action, ${images} pictures of 25 MB, ${CONCURRENCY} at a time: peak memory`,
    unit: 'MB',
    values: [peakMb ?? Number.NaN],
    bound: { of: 'value', atMost: MEMORY_BOUND_MB },
  })
}

async function generate(
  images: number,
  baseUrl: string,
  defaults: string,
): ReturnType<typeof measureProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'easel-bench-'))
  try {
    const lines = Array.from(
      { length: images },
      (_, index) => `  - { path: ${index}.png, prompt: "Picture ${index}" }`,
    )
    await writeFile(
      join(folder, 'easel.yml'),
      `version: 1\ndefaults: { ${defaults} }\nimages:\n${lines.join('\n')}\n`,
    )
    return await measureProcess([CLI, 'generate', '-j', String(CONCURRENCY)], {
      cwd: folder,
      env: { OPENROUTER_API_KEY: 'sk-or-bench', OPENROUTER_BASE_URL: baseUrl },
      memory: true,
    })
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** In a process of its own, so that drawing does not slow down what is measured more than it must. */
async function startEmulator(fault: object): Promise<AsyncDisposable & { readonly url: string }> {
  const program = fileURLToPath(new URL('./support/emulator-process.ts', import.meta.url))
  const child = fork(program, [JSON.stringify(fault)], { stdio: 'inherit' })
  const url = await new Promise<string>((resolve) =>
    child.once('message', (message) => resolve(z.string().parse(message))),
  )
  return {
    url,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve())
        child.kill()
      }),
  }
}
