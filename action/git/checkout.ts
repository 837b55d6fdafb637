import { existsSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { git } from './run-git.ts'

/** What git says about the workspace. */
export type Checkout = NonNullable<Awaited<ReturnType<typeof readCheckout>>>

/** @returns `undefined` when `root` isn't in a git checkout, or there is no git */
export async function readCheckout(root: string) {
  const out = await git(root, [
    'rev-parse',
    'HEAD',
    '--symbolic-full-name',
    'HEAD',
    '--show-superproject-working-tree',
  ])
  const [sha, ref = '', superproject] = out?.split('\n') ?? []
  if (!sha) return undefined
  const [, branch] = /^refs\/heads\/(.+)$/.exec(ref) ?? []
  return {
    /** The commit at `HEAD`. */
    sha,
    /** The branch that `HEAD` is on; absent when it is detached. */
    branch,
    isSubmodule: Boolean(superproject),
  }
}

/** The parents of the commit at `HEAD`, also in a shallow clone. */
export async function parentsOfHead(root: string): Promise<readonly string[]> {
  // Revision syntax such as `HEAD^2` would stop where a shallow clone was cut off.
  const commit = (await git(root, ['cat-file', 'commit', 'HEAD'])) ?? ''
  const [headers = ''] = commit.split('\n\n')
  return Array.from(headers.matchAll(/^parent ([0-9a-f]+)$/gm), ([, sha = '']) => sha)
}

/** Which of some files the commit at `HEAD` doesn't have, or has with other content. */
export async function changedSinceHead(root: string, files: readonly string[]): Promise<readonly string[]> {
  const [had, changed] = await Promise.all([
    git(root, ['ls-tree', '-z', '--name-only', 'HEAD', '--', ...files]),
    git(root, ['--literal-pathspecs', 'diff', '-z', '--name-only', '--relative', 'HEAD', '--', ...files]),
  ])
  if (had === undefined || changed === undefined) return files
  const [inHead, other] = [new Set(had.split('\0')), new Set(changed.split('\0'))]
  return files.filter((file) => !inHead.has(file) || other.has(file))
}

/** Which of some files of a checkout are in Git LFS, by its `.gitattributes`. */
export async function lfsPaths(root: string, paths: readonly string[]): Promise<ReadonlySet<string>> {
  // In a sparse checkout, git reads no attributes of the folders that are left out.
  const whole = ['-c', 'core.sparseCheckout=false']
  const out = await git(root, [...whole, 'check-attr', '-z', '--stdin', 'filter'], paths.join('\0'))
  const fields = out?.split('\0') ?? []
  return new Set(fields.flatMap((path, at) => (at % 3 === 0 && fields[at + 2] === 'lfs' ? [path] : [])))
}

/** Whether git left files of the commit out of the workspace. Without git there is no such checkout. */
export async function isSparse(root: string): Promise<boolean> {
  const out = await git(root, ['config', '--type=bool', '--get', 'core.sparseCheckout'])
  return out?.trim() === 'true'
}

/** Whether a checkout's `.lfsconfig` names another server for Git LFS than this one. */
export async function namesOtherLfsServer(root: string, server: string): Promise<boolean> {
  const urls = '^(lfs\\.|remote\\..*\\.lfs)(push)?url$'
  const out = await git(root, ['config', '--blob', 'HEAD:.lfsconfig', '-z', '--get-regexp', urls])
  const named = Array.from((out ?? '').matchAll(/\n([^\0]*)\0/g), ([, url = '']) => url)
  return named.some((url) => repositoryOf(url) !== repositoryOf(server))
}

/** Git LFS adds the end of the address to that of a repository. */
function repositoryOf(lfsUrl: string): string {
  return lfsUrl.toLowerCase().replace(/(\.git)?(\/info\/lfs)?\/?$/, '')
}

/** Where a folder is in its repository, without asking git: empty, or such as `site/`; `undefined` outside of one. */
export function folderInRepository(root: string): string | undefined {
  for (let top = root; ; top = dirname(top)) {
    if (existsSync(join(top, '.git'))) {
      const folder = relative(top, root)
      return folder === '' ? '' : `${folder.replaceAll(sep, '/')}/`
    }
    if (top === dirname(top)) return undefined
  }
}
