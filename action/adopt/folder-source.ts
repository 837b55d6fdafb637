import { readRegularFile } from '../files/read-file.ts'
import { createRescueFolder } from '../lock/rescue-folder.ts'
import type { AdoptionSource } from './adopt-images.ts'

/** The images of a folder that holds an `easel.lock.json` about them, such as a rescued artifact. */
export async function createFolderSource(folder: string): Promise<AdoptionSource> {
  const images = await createRescueFolder(folder).list()
  return {
    async find(fingerprint) {
      for (const { entry, file } of images) {
        if (entry.fingerprint !== fingerprint) continue
        const found = await readRegularFile(file)
        if (found.kind === 'file') return { entry, read: () => Promise.resolve(found.bytes) }
      }
      return undefined
    },
  }
}
