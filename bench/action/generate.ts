import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DEFAULT_MODEL } from '../../shared/default-model.ts'
import { measureProcess } from '../support/action-process.ts'
import { generateImages, inFolder } from '../support/project.ts'
import { type Bench, type BenchOptions, interleave, type Row, toRow } from '../support/rows.ts'
import { startUpstream } from '../support/upstream.ts'

/** Less than any model takes. The Action's own work, over a second for 200 images, is the same at any latency. */
const LATENCIES_MS = [500, 1000]
/** A divisor of 200, so that the last batch is full. */
const CONCURRENCY = 8
const BOUND = { of: 'ratio', atMost: 1.1 } as const
const MEMORY_BOUND_MB = 300
/** A 4K PNG, as larger models send it. */
const BYTES_4K = 25_000_000

/** The time for many images with upstream latency, and the memory for 4K images, which must not all be held. */
export const actionGenerate: Bench = { name: 'latency', measure }

async function measure({ quick }: BenchOptions): Promise<Row[]> {
  const rows: Row[] = []
  for (const latencyMs of quick ? [500] : LATENCIES_MS)
    rows.push(...(await atLatency(latencyMs, quick ? 16 : 200, quick)))
  for (const images of quick ? [] : [16, 48]) rows.push(await inMemory(images))
  return rows
}

/** The same requests to the same upstream, from a Node that only sends and drains them. */
const plainPool = (images: number, baseUrl: string): string => `
let next = 0
await Promise.all(Array.from({ length: ${CONCURRENCY} }, async () => {
  for (let image = next++; image < ${images}; image = next++) {
    const response = await fetch('${baseUrl}/chat/completions', {
      method: 'POST',
      headers: { Authorization: 'Bearer sk-or-bench', 'Content-Type': 'application/json' },
      body: JSON.stringify({
        model: '${DEFAULT_MODEL}',
        modalities: ['image', 'text'],
        stream: true,
        messages: [{ role: 'user', content: 'Plain ' + image }],
      }),
    })
    for await (const chunk of response.body) void chunk
    if (!response.ok) throw new Error(response.status)
  }
}))`

async function atLatency(latencyMs: number, images: number, quick: boolean): Promise<Row[]> {
  await using upstream = await startUpstream({ bytes: 300_000, latencyMs })
  const { easel, plain } = await inFolder(async (folder) => {
    await writeFile(join(folder, 'plain.mjs'), plainPool(images, upstream.url))
    return interleave(
      {
        easel: async () => (await generateImages(images, upstream.url, { concurrency: CONCURRENCY })).ms,
        plain: async () => (quick ? Number.NaN : (await measureProcess(['plain.mjs'], { cwd: folder })).ms),
      },
      { rounds: quick ? 1 : 2, warmUp: 0 },
    )
  })
  const measured = {
    name: `Action, ${images} images, upstream latency ${latencyMs} ms, ${CONCURRENCY} at a time`,
    unit: 'ms',
    values: easel,
  }
  return [
    toRow({
      ...measured,
      against: 'images × latency / concurrency',
      references: easel.map(() => (images * latencyMs) / CONCURRENCY),
      // With few images, start-up dominates: the promise is about two hundred.
      ...(!quick && { bound: BOUND }),
    }),
    ...(quick ? [] : [toRow({ ...measured, against: 'a Node that only sends requests', references: plain })]),
  ]
}

async function inMemory(images: number): Promise<Row> {
  await using upstream = await startUpstream({ bytes: BYTES_4K })
  const { peakMb } = await generateImages(images, upstream.url, {
    concurrency: CONCURRENCY,
    defaults: 'model: google/gemini-3-pro-image, image_size: 4K',
  })
  return toRow({
    name: `Action, ${images} images of 25 MB, ${CONCURRENCY} at a time: peak memory`,
    unit: 'MB',
    values: [peakMb ?? Number.NaN],
    bound: { of: 'value', atMost: MEMORY_BOUND_MB },
  })
}
