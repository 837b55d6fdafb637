import { constants, existsSync } from 'node:fs'
import { mkdir, open, readdir, rmdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { isErrno, STATE_FOLDER } from './safe-path.ts'
import type { Folder } from './write-atomic.ts'

/** Missing on Windows, where only administrators can create links. */
const REAL_FOLDER = (constants.O_DIRECTORY ?? 0) | (constants.O_NOFOLLOW ?? 0)

/** The absolute path of the state folder, which may not exist. */
export function stateFolderIn(root: string): string {
  return join(root, STATE_FOLDER)
}

/** Whether a command is at work, or one that was killed has left something. */
export function hasStateFolder(root: string): boolean {
  return existsSync(stateFolderIn(root))
}

export function stateFolderOf(root: string): Folder {
  return { path: stateFolderIn(root), open: () => openStateFolder(root) }
}

/**
 * Creates the state folder, in which git ignores everything.
 *
 * @returns its absolute path
 * @throws a system error when it can't be written, or is a link
 */
export async function openStateFolder(root: string): Promise<string> {
  const folder = stateFolderIn(root)
  await mkdir(folder, { recursive: true })
  if (process.platform !== 'win32') await (await open(folder, REAL_FOLDER)).close()
  try {
    await using ignore = await open(join(folder, '.gitignore'), 'wx')
    await ignore.writeFile('*\n')
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error
  }
  return folder
}

/** Removes the state folder if nothing is in it, so that a run that went well leaves nothing behind. */
export async function closeStateFolder(root: string): Promise<void> {
  const folder = stateFolderIn(root)
  const entries = await readdir(folder).catch(() => [])
  const inner = entries.filter((name) => name !== '.gitignore')
  const removed = await Promise.all(inner.map((name) => isRemoved(join(folder, name))))
  if (entries.length === 0 || removed.includes(false)) return
  await unlink(join(folder, '.gitignore')).catch(() => {})
  await isRemoved(folder)
}

/** Removes an empty folder. */
async function isRemoved(folder: string): Promise<boolean> {
  return rmdir(folder).then(
    () => true,
    () => false,
  )
}
