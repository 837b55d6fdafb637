/**
 * What is published brings along all that it runs on, and depends on nothing. The repository's own `package.json` names
 * what is bundled, so that security alerts reach it. npm packs the file that is there:
 *
 *     node scripts/published-manifest.ts write      before npm packs
 *     node scripts/published-manifest.ts restore    after it
 */
import { existsSync } from 'node:fs'
import { copyFile, readFile, rename, writeFile } from 'node:fs/promises'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const MANIFEST = fileURLToPath(new URL('../package.json', import.meta.url))

/** The repository's own, meanwhile. */
const KEPT = `${MANIFEST}.kept`

const command = process.argv[2]
if (command === 'write') await write()
else if (command === 'restore') await restore()
else throw new Error(`write or restore, not ${command}`)

async function write(): Promise<void> {
  // A kept one is left of a run that was killed.
  if (!existsSync(KEPT)) await copyFile(MANIFEST, KEPT)
  const { dependencies: _, ...published } = JSON.parse(await readFile(KEPT, 'utf8')) as object & {
    readonly dependencies?: unknown
  }
  // Renamed, because programs that run meanwhile may read it.
  await writeFile(`${MANIFEST}.new`, `${JSON.stringify(published, null, 2)}\n`)
  await rename(`${MANIFEST}.new`, MANIFEST)
}

async function restore(): Promise<void> {
  if (existsSync(KEPT)) await rename(KEPT, MANIFEST)
}
