import { lstat } from 'node:fs/promises'
import { isErrno } from './safe-path.ts'

export type Kind = 'a file' | 'nothing' | 'a folder' | 'a symbolic link' | 'not a regular file'

/** What is at a path, without following a link at its end. @throws a system error when nobody can tell */
export async function kindAt(path: string): Promise<Kind> {
  try {
    const found = await lstat(path)
    if (found.isFile()) return 'a file'
    if (found.isDirectory()) return 'a folder'
    return found.isSymbolicLink() ? 'a symbolic link' : 'not a regular file'
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return 'nothing'
    throw error
  }
}
