import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DEFAULT_MODEL } from '../../shared/default-model.ts'
import { formatLock } from '../../action/lock/lock-file.ts'
import type { LockEntry } from '../../action/lock/schema.ts'
import { CLI, measureProcess } from './action-process.ts'

export async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'easel-bench-'))
  try {
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

export interface Generation {
  readonly concurrency?: number
  /** The defaults in easel.yml, in YAML's flow style. */
  readonly defaults?: string
}

/** Generates new images in a fresh project. */
export function generateImages(
  images: number,
  baseUrl: string,
  { concurrency = 8, defaults = `model: ${DEFAULT_MODEL}` }: Generation = {},
): ReturnType<typeof measureProcess> {
  return inFolder(async (folder) => {
    const lines = Array.from(
      { length: images },
      (_, index) => `  - { path: ${index}.png, prompt: "Image ${index}" }`,
    )
    await writeFile(
      join(folder, 'easel.yml'),
      `version: 1\ndefaults: { ${defaults} }\nimages:\n${lines.join('\n')}\n`,
    )
    return measureProcess([CLI, 'generate', '-j', String(concurrency)], {
      cwd: folder,
      env: { OPENROUTER_API_KEY: 'sk-or-bench', OPENROUTER_BASE_URL: baseUrl },
      memory: true,
    })
  })
}

/** Fills a folder with a project whose images are all generated and unchanged: `0.png`, `1.png`, … */
export async function writeUnchangedProject(folder: string, images: number, bytes: number): Promise<void> {
  const lines = Array.from(
    { length: images },
    (_, index) => `  - { path: ${index}.png, prompt: "Image ${index} of many, in oil" }`,
  )
  await writeFile(
    join(folder, 'easel.yml'),
    `version: 1\ndefaults: { model: ${DEFAULT_MODEL}, aspect_ratio: "16:9" }\nimages:\n${lines.join('\n')}\n`,
  )
  const entries = new Map<string, LockEntry>()
  for (const { path, fingerprint, prompt } of await planned(folder)) {
    const content = randomBytes(bytes)
    await writeFile(join(folder, path), content)
    const sha256 = createHash('sha256').update(content).digest('hex')
    const facts = {
      bytes,
      media_type: 'image/png',
      width: 1344,
      height: 768,
      model: DEFAULT_MODEL,
      cost_usd: 0.0387,
    }
    entries.set(path, {
      fingerprint,
      sha256,
      ...facts,
      spec: { prompt, model: DEFAULT_MODEL, aspect_ratio: '16:9' },
    })
  }
  await writeFile(join(folder, 'easel.lock.json'), formatLock(entries))
}

async function planned(folder: string): Promise<{ path: string; fingerprint: string; prompt: string }[]> {
  const { stdout } = await measureProcess([CLI, 'check', '--json'], { cwd: folder }).catch(
    (error: Error) => ({
      // Everything is new, so it exits with 3, after printing the report.
      stdout: error.message.slice(error.message.indexOf('{')),
    }),
  )
  return (JSON.parse(stdout) as { images: { path: string; fingerprint: string; prompt: string }[] }).images
}
