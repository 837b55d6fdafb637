import type { AdoptionSource } from '../../adopt/adopt-images.ts'
import { parseLfsPointer } from '../../git/lfs-pointer.ts'
import { downloadFromLfs } from '../../git/lfs.ts'
import type { GitHubApi } from '../api/api.ts'
import { readBlob } from '../api/read-blob.ts'
import type { CommitContent } from '../api/read-commit.ts'

/** The images of a commit at GitHub: what other runs delivered, or what a sparse checkout left out. */
export function createCommitSource(api: GitHubApi, { lock, blobs }: CommitContent): AdoptionSource {
  return {
    async find(fingerprint) {
      for (const [path, entry] of lock) {
        const blob = blobs.get(path)
        if (entry.fingerprint !== fingerprint || blob === undefined) continue
        return {
          entry,
          async read() {
            const bytes = await readBlob(api, blob)
            const pointer = parseLfsPointer(bytes)
            return pointer ? downloadFromLfs(api.lfs, pointer) : bytes
          },
        }
      }
      return undefined
    },
  }
}
