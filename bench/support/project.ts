import { createHash, randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { formatLock } from '../../action/lock/lock-file.ts'
import type { LockEntry } from '../../action/lock/schema.ts'
import { CLI, measureProcess } from './action-process.ts'

const MODEL = 'google/gemini-2.5-flash-image'

/** Fills a folder with a project whose images are all drawn and unchanged: `0.png`, `1.png`, … */
export async function writeUnchangedProject(folder: string, images: number, bytes: number): Promise<void> {
  const lines = Array.from(
    { length: images },
    (_, index) => `  - { path: ${index}.png, prompt: "Picture ${index} of many, in oil" }`,
  )
  await writeFile(
    join(folder, 'easel.yml'),
    `version: 1\ndefaults: { model: ${MODEL}, aspect_ratio: "16:9" }\nimages:\n${lines.join('\n')}\n`,
  )
  const entries = new Map<string, LockEntry>()
  for (const { path, fingerprint, prompt } of await planned(folder)) {
    const content = randomBytes(bytes)
    await writeFile(join(folder, path), content)
    const sha256 = createHash('sha256').update(content).digest('hex')
    const facts = { bytes, media_type: 'image/png', width: 1344, height: 768, model: MODEL, cost_usd: 0.0387 }
    entries.set(path, {
      fingerprint,
      sha256,
      ...facts,
      spec: { prompt, model: MODEL, aspect_ratio: '16:9' },
    })
  }
  await writeFile(join(folder, 'easel.lock.json'), formatLock(entries))
}

async function planned(folder: string): Promise<{ path: string; fingerprint: string; prompt: string }[]> {
  const { stdout } = await measureProcess([CLI, 'check', '--json'], { cwd: folder }).catch(
    (error: Error) => ({
      // Everything is new, so it exits with 3: the report is what is wanted.
      stdout: error.message.slice(error.message.indexOf('{')),
    }),
  )
  return (JSON.parse(stdout) as { images: { path: string; fingerprint: string; prompt: string }[] }).images
}
