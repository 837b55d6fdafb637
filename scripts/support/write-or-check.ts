import { readFile, writeFile } from 'node:fs/promises'
import { relative } from 'node:path'
import process from 'node:process'

/** Writes a generated file. With `--check` on the command line, it only fails when the file is stale. */
export async function writeOrCheck(path: string, content: string): Promise<void> {
  const name = relative(process.cwd(), path)
  if (!process.argv.includes('--check')) {
    await writeFile(path, content)
    console.log(`${name} written`)
    return
  }
  const found = await readFile(path, 'utf8').catch(() => undefined)
  if (found === content) return
  console.error(`${name} is stale: run npm run build and commit it.`)
  process.exitCode = 1
}
