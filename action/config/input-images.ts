import { identifyImage, type ImageMediaType } from '../../shared/media/image.ts'
import { readRegularFile, sha256Of } from '../files/read-file.ts'
import { inWorkspace, type LinkFinder, pathProblem } from '../files/safe-path.ts'

/** An image of the repository that another one starts from. */
export interface LocalInput {
  readonly path: string
  readonly sha256: string
  readonly mediaType: ImageMediaType
}

/** Types that the providers take. */
const TAKEN: ReadonlySet<ImageMediaType> = new Set(['image/png', 'image/jpeg', 'image/webp', 'image/gif'])

/** Looks at input images of the repository, at each once however many images use it. */
export interface InputImages {
  /** What is there, or the end of a sentence that begins with the path and says why it can't be used. */
  look(path: string): Promise<LocalInput | { readonly problem: string }>
}

export function createInputImages(root: string, links: LinkFinder): InputImages {
  const looks = new Map<string, ReturnType<InputImages['look']>>()

  async function look(path: string): ReturnType<InputImages['look']> {
    const problem = pathProblem(path)
    if (problem) return { problem }
    const link = await links.linkIn(path)
    if (link !== undefined) return { problem: `goes through the symbolic link ${link}: name the real file` }
    const found = await readRegularFile(inWorkspace(root, path))
    if (found.kind === 'nothing') return { problem: 'is not there: add the file, or correct the path' }
    if (found.kind === 'other') return { problem: `is ${found.what}: name an image` }
    const header = identifyImage([found.bytes])
    if (!header || !TAKEN.has(header.mediaType)) {
      return { problem: 'can’t be used: it must be a PNG, JPEG, WebP or GIF image' }
    }
    return { path, sha256: sha256Of(found.bytes), mediaType: header.mediaType }
  }

  return {
    look(path) {
      let found = looks.get(path)
      if (!found) looks.set(path, (found = look(path)))
      return found
    },
  }
}
