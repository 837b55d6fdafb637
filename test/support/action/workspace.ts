import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DEFAULT_MODEL } from '../../../shared/default-model.ts'
import { parseLock } from '../../../action/lock/lock-file.ts'
import type { LockEntries } from '../../../action/lock/schema.ts'

/** A folder of real files, like the checkout of a repository. */
export interface Workspace extends AsyncDisposable {
  readonly root: string
  write(path: string, content: string | Uint8Array): Promise<void>
  read(path: string): Promise<Buffer>
  text(path: string): Promise<string>
  /** The lock's entries by path. */
  lock(): Promise<LockEntries>
  /** Every file, sorted, except those of `.git`. */
  files(): Promise<string[]>
  sha256(path: string): Promise<string>
}

export async function createWorkspace(
  files: Readonly<Record<string, string | Uint8Array>> = {},
): Promise<Workspace> {
  const root = await mkdtemp(join(tmpdir(), 'easel-test-'))
  const workspace: Workspace = {
    root,
    async write(path, content) {
      await mkdir(dirname(join(root, path)), { recursive: true })
      await writeFile(join(root, path), content)
    },
    read: (path) => readFile(join(root, path)),
    text: (path) => readFile(join(root, path), 'utf8'),
    lock: async () => parseLock(await readFile(join(root, 'easel.lock.json'), 'utf8'), 'easel.lock.json'),
    async files() {
      const entries = await readdir(root, { recursive: true, withFileTypes: true })
      return entries
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
        .toSorted()
    },
    sha256: async (path) =>
      createHash('sha256')
        .update(await readFile(join(root, path)))
        .digest('hex'),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  }
  for (const [path, content] of Object.entries(files)) await workspace.write(path, content)
  return workspace
}

/** An `easel.yml` with a cheap model and these images, as YAML flow maps. */
export function config(...images: readonly Readonly<Record<string, unknown>>[]): string {
  const lines = images.map((image) => `  - ${JSON.stringify(image)}`)
  return ['version: 1', `defaults: { model: ${DEFAULT_MODEL} }`, 'images:', ...lines, ''].join('\n')
}
