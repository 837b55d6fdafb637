import { lstat, readdir, realpath } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** Invisible characters that HFS+ ignores: there, `.g‌it` with one of them is `.git`. */
const IGNORED_CHARACTERS = /[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g

/** Not allowed in Windows file names; a colon could also name an NTFS stream (`.git::$INDEX_ALLOCATION`). */
const NOT_ON_WINDOWS = /[<>:"|?*]/

/** Devices of Windows, whatever the extension. */
const DEVICE = /^(con|prn|aux|nul|com[1-9]|lpt[1-9]) *(\.|$)/

/** Bytes that a name may have on the usual file systems. */
const NAME_BYTES_MAX = 255

/** Bytes of a path inside the workspace. The whole of it may have 4,096 on Linux, 1,024 on macOS. */
const PATH_BYTES_MAX = 1100

/**
 * The same for images: next to its path, a paid image needs longer ones until it is in its place. `.part`, `.webp` and
 * a folder of 16 characters are added, and temporary names have at most 226 bytes.
 */
const IMAGE_NAME_BYTES_MAX = 200
const IMAGE_PATH_BYTES_MAX = 1000

// oxlint-disable-next-line no-control-regex -- it matches control characters on purpose
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f]/

/** Where Easel keeps what a run needs if it dies, at the root of the workspace. */
export const STATE_FOLDER = '.easel'

/**
 * What is wrong with a path; `undefined` when it names a file inside the workspace, outside `.git` and `.github`, in
 * its normal form. Looks only at the text, not at the file system.
 *
 * @returns the end of a sentence that starts with the path
 */
export function pathProblem(path: string): string | undefined {
  if (path === '') return 'is not a file name'
  if (CONTROL_CHARACTER.test(path)) return 'holds a control character'
  if (path.includes('\\')) return `holds a backslash: write ${path.replaceAll('\\', '/')}`
  if (path.startsWith('/') || /^[a-z]:/i.test(path)) {
    return 'is absolute: make it relative to the root of the repository'
  }
  if (NOT_ON_WINDOWS.test(path)) return 'can’t be checked out on Windows: remove < > : " | ? *'
  const segments = path.split('/')
  if (segments.includes('..')) return 'leads outside the workspace: .. is not allowed'
  const normal = segments.filter((segment) => segment !== '' && segment !== '.').join('/')
  if (normal !== path) return normal ? `is not in its simplest form: write ${normal}` : 'is not a file name'
  if (segments.some((segment) => /[. ]$/.test(segment))) {
    return 'has a name that ends with a dot or a space, which Windows removes'
  }
  const device = segments.find((segment) => DEVICE.test(asStored(segment)))
  if (device !== undefined) return `can’t be checked out on Windows, where ${device} is a device: rename it`
  const length = lengthProblem(path, NAME_BYTES_MAX, PATH_BYTES_MAX)
  if (length !== undefined) return length
  const [top = ''] = segments
  if (segments.some((segment) => /^(\.git|git~\d+)$/.test(asStored(segment)))) {
    return 'is inside .git, where Easel never writes or reads: choose another folder'
  }
  if (/^(\.github|github~\d+)$/.test(asStored(top))) {
    return 'is inside .github, where Easel never writes or reads: choose another folder'
  }
  if (asStored(top) === STATE_FOLDER) {
    return `is inside ${STATE_FOLDER}, which Easel keeps for itself: choose another folder`
  }
  return undefined
}

/** The same for the path of an image to generate, which must leave room for temporary names. */
export function imagePathProblem(path: string): string | undefined {
  return pathProblem(path) ?? lengthProblem(path, IMAGE_NAME_BYTES_MAX, IMAGE_PATH_BYTES_MAX)
}

function lengthProblem(path: string, nameMax: number, pathMax: number): string | undefined {
  const bytes = Buffer.byteLength(path)
  if (bytes > pathMax) return `has ${bytes} bytes: shorten it to ${pathMax} or fewer`
  const longest = Math.max(...path.split('/').map((segment) => Buffer.byteLength(segment)))
  if (longest > nameMax) return `has a name of ${longest} bytes: shorten it to ${nameMax} or fewer`
  return undefined
}

/** A name as the most lenient file systems would look it up. */
function asStored(name: string): string {
  return name.normalize('NFKC').replaceAll(IGNORED_CHARACTERS, '').toLowerCase()
}

/** Paths with equal keys are the same file on file systems that ignore case or Unicode normalisation. */
export function collisionKey(path: string): string {
  return path.normalize('NFC').toLowerCase()
}

/** The absolute path for a path that passed {@link pathProblem}. */
export function inWorkspace(root: string, path: string): string {
  const problem = pathProblem(path)
  // Callers have checked it. One that slipped through must still not be touched.
  if (problem) throw new TypeError(`${path} ${problem}`)
  return join(root, ...path.split('/'))
}

/** Finds symbolic links along a path. Reads each folder once. */
export interface LinkFinder {
  /** The first part of `path` that is a symbolic link, or `undefined`. A missing part is not a link. */
  linkIn(path: string): Promise<string | undefined>
}

export function createLinkFinder(root: string): LinkFinder {
  const folders = new Map<string, Promise<string | undefined>>()
  const files = new Map<string, Promise<ReadonlySet<string>>>()

  function linkInFolder(folder: string): Promise<string | undefined> {
    if (folder === '.') return Promise.resolve(undefined)
    let found = folders.get(folder)
    if (!found) folders.set(folder, (found = firstLinkIn(folder)))
    return found
  }

  async function firstLinkIn(path: string): Promise<string | undefined> {
    const above = await linkInFolder(dirname(path))
    if (above !== undefined) return above
    return (await isSymbolicLink(join(root, path))) ? path : undefined
  }

  /** Reads a folder once instead of checking each of its thousand files. */
  function linksInFolder(folder: string): Promise<ReadonlySet<string>> {
    let found = files.get(folder)
    if (!found) files.set(folder, (found = symbolicLinksIn(join(root, folder))))
    return found
  }

  return {
    async linkIn(path) {
      const folder = dirname(path)
      const above = await linkInFolder(folder)
      if (above !== undefined) return above
      return (await linksInFolder(folder)).has(collisionKey(basename(path))) ? path : undefined
    },
  }
}

/** The same for one path, as it is now. A file system that ignores case finds the link by any of its names. */
export async function linkIn(root: string, path: string): Promise<string | undefined> {
  for (let at = path.indexOf('/'); ; at = path.indexOf('/', at + 1)) {
    const part = at < 0 ? path : path.slice(0, at)
    if (await isSymbolicLink(join(root, part))) return part
    if (at < 0) return undefined
  }
}

/** The workspace with symbolic links resolved: it may itself be behind one. */
export function realRoot(root: string): Promise<string> {
  return realpath(root)
}

/** By their collision keys, so that none is missed on a file system that ignores case. */
async function symbolicLinksIn(absolute: string): Promise<ReadonlySet<string>> {
  try {
    const entries = await readdir(absolute, { withFileTypes: true })
    return new Set(entries.filter((entry) => entry.isSymbolicLink()).map(({ name }) => collisionKey(name)))
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return new Set()
    throw error
  }
}

async function isSymbolicLink(absolute: string): Promise<boolean> {
  try {
    return (await lstat(absolute)).isSymbolicLink()
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return false
    throw error
  }
}

/** Whether a thrown value is a system error; if codes are given, with one of them. */
export function isErrno(error: unknown, ...codes: readonly string[]): error is NodeJS.ErrnoException {
  if (!(error instanceof Error && 'code' in error && 'syscall' in error)) return false
  return codes.length === 0 || codes.includes(String(error.code))
}
