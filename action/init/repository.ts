import { realpath } from 'node:fs/promises'
import { relative, sep } from 'node:path'
import { git } from '../git/run-git.ts'

/** The git repository that a folder is in. */
export interface Repository {
  /** Absolute, with symbolic links resolved. */
  readonly root: string
  /** Where the folder is in it: empty, or such as `docs/site`. */
  readonly folder: string
  /** The default branch, as far as a clone knows it. */
  readonly branch: string | undefined
}

/** @returns `undefined` outside of a repository, or without git */
export async function repositoryOf(folder: string): Promise<Repository | undefined> {
  const [top, remote, local] = await Promise.all([
    git(folder, ['rev-parse', '--show-toplevel']),
    git(folder, ['symbolic-ref', '--short', 'refs/remotes/origin/HEAD']),
    git(folder, ['symbolic-ref', '--short', 'HEAD']),
  ])
  if (!top) return undefined
  const root = await realpath(top.trim())
  return {
    root,
    folder: relative(root, folder).replaceAll(sep, '/'),
    branch: remote?.trim().replace(/^origin\//, '') ?? local?.trim(),
  }
}
