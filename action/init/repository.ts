import { execFile } from 'node:child_process'
import { realpath } from 'node:fs/promises'
import { relative, sep } from 'node:path'
import { promisify } from 'node:util'

/** The git repository that a folder is in. */
export interface Repository {
  /** Absolute, with symbolic links resolved. */
  readonly root: string
  /** Where the folder is in it: empty, or such as `docs/site`. */
  readonly folder: string
  /** The default branch, as far as a clone knows it. */
  readonly branch: string | undefined
}

const run = promisify(execFile)

/** @returns `undefined` outside of a repository, or without git */
export async function repositoryOf(folder: string): Promise<Repository | undefined> {
  const [top, remote, local] = await Promise.all([
    git(folder, 'rev-parse', '--show-toplevel'),
    git(folder, 'symbolic-ref', '--short', 'refs/remotes/origin/HEAD'),
    git(folder, 'symbolic-ref', '--short', 'HEAD'),
  ])
  if (!top) return undefined
  const root = await realpath(top)
  return {
    root,
    folder: relative(root, folder).replaceAll(sep, '/'),
    branch: remote?.replace(/^origin\//, '') ?? local,
  }
}

async function git(folder: string, ...args: readonly string[]): Promise<string | undefined> {
  const output = await run('git', ['-c', 'safe.directory=*', '-C', folder, ...args]).catch(() => undefined)
  return output?.stdout.trim()
}
