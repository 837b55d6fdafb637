import { spawn } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

/**
 * Compiles `easel.yml` as Wrangler would before it bundles. Run by Wrangler, a mistake in the file would be followed by
 * a hundred lines about the process that found it.
 *
 * @throws with the mistakes, one a line
 */
export async function compileConfig(): Promise<void> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('../compile-config.ts', import.meta.url))])
  const output: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => process.stdout.write(chunk))
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk))
  const [code] = await once(child, 'close')
  const text = Buffer.concat(output).toString().trim()
  if (code !== 0) throw new Error(text)
  if (text) console.warn(text)
}
