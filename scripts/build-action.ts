/**
 * Bundles the Action and the command into `action/dist/`. It is committed because GitHub installs nothing before it
 * runs an action.
 *
 *     node scripts/build-action.ts           writes it
 *     node scripts/build-action.ts --check   fails when it is stale
 */
import { readdir, readFile, rm } from 'node:fs/promises'
import { join, relative } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { bundleAction, writeFiles } from './bundle-action.ts'

const TARGET = fileURLToPath(new URL('../action/dist', import.meta.url))

const files = await bundleAction()
if (process.argv.includes('--check')) await check(files)
else await write(files)

async function write(wanted: ReadonlyMap<string, Uint8Array>): Promise<void> {
  await rm(TARGET, { recursive: true, force: true })
  await writeFiles(wanted, TARGET)
  const size = [...wanted.values()].reduce((sum, { byteLength }) => sum + byteLength, 0)
  console.log(`${wanted.size} files, ${Math.round(size / 1000)} kB, written to action/dist`)
}

async function check(wanted: ReadonlyMap<string, Uint8Array>): Promise<void> {
  const entries = await readdir(TARGET, { recursive: true, withFileTypes: true }).catch(() => [])
  const present = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(TARGET, join(entry.parentPath, entry.name)))
  const different = await Promise.all(
    [...wanted].map(async ([path, contents]) => {
      const found = present.includes(path) ? await readFile(join(TARGET, path)) : undefined
      return found && Buffer.compare(found, contents) === 0 ? [] : [path]
    }),
  )
  const stale = [...different.flat(), ...present.filter((path) => !wanted.has(path))]
  if (stale.length === 0) return
  console.error(`action/dist is stale (${stale.join(', ')}): run npm run build and commit it.`)
  process.exitCode = 1
}
