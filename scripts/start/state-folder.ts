import { access, constants, mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/**
 * The folder for images, ledger and credentials: one for the emulator's, another one for those of a real key. Images
 * that cost money and images that don't never share a cache or a budget.
 *
 * @param parent  where both are
 * @throws when it can't be written to
 */
export async function stateFolder(parent: string, world: 'emulated' | 'real'): Promise<string> {
  const folder = join(parent, world)
  try {
    await makeFolder(folder)
    await access(folder, constants.W_OK)
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
    throw new Error(
      `${folder} can’t be written to (${reason}). Set STATE_DIR to a folder that can, for example STATE_DIR=$HOME/easel-state npm start`,
      { cause },
    )
  }
  return folder
}

/** One folder after the other: with `recursive`, Node never ends below /proc, which has folders that can't have any. */
async function makeFolder(folder: string): Promise<void> {
  if (await canMake(folder)) return
  await makeFolder(dirname(folder))
  await mkdir(folder)
}

/** Makes a folder, unless it is there. @returns whether the one that it belongs in is there */
async function canMake(folder: string): Promise<boolean> {
  try {
    await mkdir(folder)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT') return false
    if (code !== 'EEXIST') throw error
  }
  return true
}
