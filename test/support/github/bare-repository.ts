import { createHash, randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rename, rm, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { deflate } from 'node:zlib'
import { commitText, parseCommit, type NewCommit, type StoredCommit } from './commit-object.ts'
import { runInSmallProcess } from './git-runner.ts'

/** An entry of `git ls-tree`; only blobs have a `size`. */
export interface TreeEntry {
  readonly path: string
  readonly mode: string
  readonly type: 'blob' | 'tree' | 'commit'
  readonly sha: string
  readonly size?: number
}

/** One change to a tree: a blob at a path, or `null` to remove it. */
export interface TreeChange {
  readonly path: string
  readonly mode: string
  readonly sha: string | null
}

/** A real bare repository, accessed through git's plumbing commands, and for what is done most through its files. */
export interface BareRepository extends AsyncDisposable {
  readonly path: string
  /** @throws with git's message when it fails */
  git(args: readonly string[], input?: string | Uint8Array): Promise<Buffer>
  typeOf(sha: string): Promise<string | undefined>
  writeBlob(bytes: Uint8Array): Promise<string>
  readBlob(sha: string): Promise<Buffer>
  /** @param base  a tree, or a commit for its tree; absent: an empty tree */
  writeTree(base: string | undefined, changes: readonly TreeChange[]): Promise<string>
  listTree(
    tree: string,
    options?: { readonly recursive?: boolean; readonly path?: string },
  ): Promise<TreeEntry[]>
  writeCommit(commit: NewCommit): Promise<string>
  readCommit(sha: string): Promise<StoredCommit>
  /** What a ref points to; `undefined` when there is none. */
  readRef(ref: string): Promise<string | undefined>
  /**
   * Moves a ref atomically, if it still points to `old`.
   *
   * @param old  `undefined`: the ref must not exist yet
   * @returns whether it moved
   */
  moveRef(ref: string, sha: string | undefined, old: string | undefined): Promise<boolean>
  listRefs(prefix: string): Promise<{ readonly ref: string; readonly sha: string }[]>
  isAncestor(ancestor: string, descendant: string): Promise<boolean>
  /** Commits in `head` that are not in `base`, oldest first. */
  commitsBetween(base: string, head: string): Promise<string[]>
  mergeBase(a: string, b: string): Promise<string | undefined>
}

const NO_OBJECT = '0'.repeat(40)

export async function createBareRepository(): Promise<BareRepository> {
  const path = await mkdtemp(join(tmpdir(), 'easel-bare-'))
  await runGit(['init', '--quiet', '--bare', '--initial-branch=main', path])

  const git = (args: readonly string[], input?: string | Uint8Array, env = {}): Promise<Buffer> =>
    runGit(['--git-dir', path, ...args], input, env)
  const text = async (args: readonly string[], input?: string | Uint8Array, env = {}): Promise<string> =>
    (await git(args, input, env)).toString('utf8').trim()
  const maybe = (args: readonly string[]): Promise<string | undefined> => text(args).catch(() => undefined)
  const lines = async (args: readonly string[]): Promise<string[]> =>
    (await text(args)).split('\n').filter(Boolean)

  return {
    path,
    git,
    typeOf: (sha) => maybe(['cat-file', '-t', sha]),
    writeBlob: (bytes) => writeLooseBlob(join(path, 'objects'), bytes),
    readBlob: (sha) => git(['cat-file', 'blob', sha]),
    async writeTree(base, changes) {
      const index = join(path, `index-${randomUUID()}`)
      const env = { GIT_INDEX_FILE: index }
      try {
        if (base === undefined) await text(['read-tree', '--empty'], '', env)
        else await text(['read-tree', base], '', env)
        const info = changes.map(({ path: file, mode, sha }) =>
          sha === null ? `0 ${NO_OBJECT}\t${file}\0` : `${mode} ${sha}\t${file}\0`,
        )
        await text(['update-index', '-z', '--replace', '--index-info'], info.join(''), env)
        return await text(['write-tree'], '', env)
      } finally {
        await unlink(index).catch(() => {})
      }
    },
    async listTree(tree, { recursive = false, path: only } = {}) {
      const args = ['ls-tree', '-z', '-l', ...(recursive ? ['-r', '-t'] : []), tree]
      const out = (await git(only === undefined ? args : [...args, '--', only])).toString('utf8')
      return out.split('\0').filter(Boolean).map(parseTreeLine)
    },
    writeCommit: (commit) => text(['hash-object', '-t', 'commit', '-w', '--stdin'], commitText(commit)),
    readCommit: async (sha) =>
      parseCommit(await text(['rev-parse', sha]), (await git(['cat-file', 'commit', sha])).toString('utf8')),
    async readRef(ref) {
      const loose = await readFile(join(path, ref), 'latin1').catch(() => '')
      if (/^[0-9a-f]{40}\n$/.test(loose)) return loose.trim()
      return maybe(['rev-parse', '--verify', '--quiet', `${ref}^{object}`])
    },
    async moveRef(ref, sha, old) {
      const args =
        sha === undefined ? ['update-ref', '-d', ref, old ?? ''] : ['update-ref', ref, sha, old ?? NO_OBJECT]
      return (await maybe(args)) !== undefined
    },
    async listRefs(prefix) {
      const found = await lines(['for-each-ref', '--format=%(refname) %(objectname)', prefix])
      return found.map((line) => {
        const [ref = '', sha = ''] = line.split(' ')
        return { ref, sha }
      })
    },
    isAncestor: async (ancestor, descendant) =>
      (await maybe(['merge-base', '--is-ancestor', ancestor, descendant])) !== undefined,
    commitsBetween: (base, head) => lines(['rev-list', '--reverse', '--topo-order', `${base}..${head}`]),
    mergeBase: (a, b) => maybe(['merge-base', a, b]),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  }
}

/** Writes a blob as git does. */
async function writeLooseBlob(objects: string, bytes: Uint8Array): Promise<string> {
  const object = Buffer.concat([Buffer.from(`blob ${bytes.length}\0`), bytes])
  const sha = createHash('sha1').update(object).digest('hex')
  const folder = join(objects, sha.slice(0, 2))
  await mkdir(folder, { recursive: true })
  // In one step: another request may write the same.
  const draft = join(folder, `tmp_obj_${randomUUID()}`)
  await writeFile(draft, await promisify(deflate)(object, { level: 1 }))
  await rename(draft, join(folder, sha.slice(2)))
  return sha
}

function parseTreeLine(line: string): TreeEntry {
  const [meta = '', path = ''] = line.split('\t')
  const [mode = '', type = '', sha = '', size = '-'] = meta.split(/ +/)
  if (type !== 'blob' && type !== 'tree' && type !== 'commit') throw new Error(`git lists a ${type}`)
  return { path, mode, type, sha, ...(size !== '-' && { size: Number(size) }) }
}

/** Runs git, independent of the machine's settings. */
export async function runGit(
  args: readonly string[],
  input: string | Uint8Array = '',
  env: Readonly<Record<string, string>> = {},
): Promise<Buffer> {
  const { code, out, err } = await runInSmallProcess({
    args,
    input,
    env: {
      PATH: process.env['PATH'],
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_TERMINAL_PROMPT: '0',
      LC_ALL: 'C',
      ...env,
    },
  })
  if (code === 0) return Buffer.from(out.buffer, out.byteOffset, out.byteLength)
  throw new Error(`git ${args.join(' ')} ended with ${code}: ${err}`)
}
