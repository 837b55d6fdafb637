import { identifyImage, type ImageMediaType } from '../../shared/media/image.ts'
import { readRegularFile, sha256Of } from '../files/read-file.ts'
import { inWorkspace, type LinkFinder, pathProblem } from '../files/safe-path.ts'

/** An input image in the repository. */
export interface LocalInput {
  readonly path: string
  readonly sha256: string
  readonly mediaType: ImageMediaType
}

/** Types that providers accept. */
const ACCEPTED: ReadonlySet<ImageMediaType> = new Set(['image/png', 'image/jpeg', 'image/webp', 'image/gif'])

/** Reads input images from the repository, each once however many images use it. */
export interface InputImages {
  /** The image, or why it can't be used: the end of a sentence that starts with the path. */
  read(path: string): Promise<LocalInput | { readonly problem: string }>
}

export function createInputImages(root: string, links: LinkFinder): InputImages {
  const reads = new Map<string, ReturnType<InputImages['read']>>()

  async function read(path: string): ReturnType<InputImages['read']> {
    const problem = pathProblem(path)
    if (problem) return { problem }
    const link = await links.linkIn(path)
    if (link !== undefined)
      return { problem: `goes through the symbolic link ${link}: use the path of the real file` }
    const found = await readRegularFile(inWorkspace(root, path))
    if (found.kind === 'nothing') return { problem: 'does not exist: add the file, or correct the path' }
    if (found.kind === 'other') return { problem: `is ${found.what}: use an image file` }
    const header = identifyImage([found.bytes])
    if (!header || !ACCEPTED.has(header.mediaType)) {
      return { problem: 'can’t be used: it must be a PNG, JPEG, WebP or GIF image' }
    }
    return { path, sha256: sha256Of(found.bytes), mediaType: header.mediaType }
  }

  return {
    read(path) {
      let found = reads.get(path)
      if (!found) reads.set(path, (found = read(path)))
      return found
    },
  }
}
