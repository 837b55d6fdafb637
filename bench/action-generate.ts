import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CLI, measureProcess } from './support/action-process.ts'
import { type Bench, type BenchOptions, type Row, toRow } from './support/rows.ts'
import { startUpstream } from './support/upstream.ts'

const LATENCY_MS = 1000
const CONCURRENCY = 8
const MEMORY_BOUND_MB = 400
/** A 4K PNG, as the larger models send it. */
const BYTES_4K = 25_000_000

/** Many images at a latency; and the memory of 4K pictures, whose bytes must not all be held. */
export const actionGenerate: Bench = { name: 'latency', measure }

async function measure({ quick }: BenchOptions): Promise<Row[]> {
  const rows = [await atLatency(quick ? 40 : 200, LATENCY_MS)]
  for (const images of quick ? [] : [16, 48]) rows.push(await inMemory(images))
  return rows
}

async function atLatency(images: number, latencyMs: number): Promise<Row> {
  await using emulator = await startUpstream({ bytes: 300_000, latencyMs })
  const { ms } = await generate(images, emulator.url, 'model: google/gemini-2.5-flash-image')
  return toRow({
    name: `Action, ${images} images, upstream latency ${latencyMs} ms, ${CONCURRENCY} at a time`,
    unit: 'ms',
    values: [ms],
    against: 'the upstream alone',
    references: [(images * latencyMs) / CONCURRENCY],
    // Of few images, the start-up is much: the promise is about two hundred.
    ...(images === 200 && { bound: { of: 'ratio', atMost: 1.1 } }),
  })
}

async function inMemory(images: number): Promise<Row> {
  await using emulator = await startUpstream({ bytes: BYTES_4K })
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
