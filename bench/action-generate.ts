/** 200 images at a latency, and the memory of 4K pictures: `node bench/action-generate.ts`. */
import { fork } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { CLI, measureProcess, say } from './support/action-process.ts'

const LATENCY_MS = 1000
const CONCURRENCY = 8
const MEMORY_BOUND_MB = 400
/** A 4K PNG, as the larger models send it. */
const BYTES_4K = 25_000_000

await atLatency({ images: 200, bound: 1.1 })
for (const images of [16, 48]) await inMemory(images)

async function atLatency({ images, bound }: { images: number; bound: number }): Promise<void> {
  await using emulator = await startEmulator({ bytes: 300_000, latencyMs: LATENCY_MS })
  const { ms } = await generate(images, emulator.url, 'model: google/gemini-2.5-flash-image')
  const ideal = (images * LATENCY_MS) / CONCURRENCY
  console.log(`${images} images: ${(ms / 1000).toFixed(2)} s, ideally ${ideal / 1000} s`)
  say(
    `${images} images at ${LATENCY_MS} ms, ${CONCURRENCY} at a time, against the ideal`,
    ms / ideal,
    bound,
    ' ×',
  )
}

async function inMemory(images: number): Promise<void> {
  await using emulator = await startEmulator({ bytes: BYTES_4K })
  const { peakMb = 0 } = await generate(
    images,
    emulator.url,
    'model: google/gemini-3-pro-image, image_size: 4K',
  )
  say(`${images} pictures of 25 MB, ${CONCURRENCY} at a time: peak memory`, peakMb, MEMORY_BOUND_MB, ' MB')
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
