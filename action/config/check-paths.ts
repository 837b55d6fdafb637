import { collisionKey, imagePathProblem, type LinkFinder } from '../files/safe-path.ts'
import { type DeclaredImage, problemAt } from './declared-image.ts'
import type { Diagnostic } from './diagnostic.ts'
import { FORMAT_OF_EXTENSION, extensionOf } from './file-format.ts'

/** What is wrong with the images' paths and ids, one by one and together. */
export async function checkPaths(
  images: readonly DeclaredImage[],
  links: LinkFinder,
): Promise<readonly Diagnostic[]> {
  const single = await Promise.all(images.map((image) => pathDiagnostics(image, links)))
  const usable = images.filter(({ path }) => imagePathProblem(path) === undefined)
  return [...single.flat(), ...repeatedIds(images), ...collisions(images), ...filesAsFolders(usable)]
}

async function pathDiagnostics(image: DeclaredImage, links: LinkFinder): Promise<Diagnostic[]> {
  const { path } = image
  const problem = imagePathProblem(path)
  if (problem) return [problemAt(image, ['path'], `${path} ${problem}.`)]
  const extension = extensionOf(path)
  if (!FORMAT_OF_EXTENSION.has(extension)) {
    const known = [...FORMAT_OF_EXTENSION.keys()].join(', ')
    const found = extension === '' ? 'has no extension' : `ends in ${extension}`
    return [problemAt(image, ['path'], `${path} ${found}; use one of ${known}.`)]
  }
  const link = await links.linkIn(path)
  if (link === undefined) return []
  return [
    problemAt(image, ['path'], `${path} goes through the symbolic link ${link}: write to the real folder.`),
  ]
}

/** Paths that are the same file, on every file system or only on some. */
function* collisions(images: readonly DeclaredImage[]): Generator<Diagnostic> {
  const first = new Map<string, DeclaredImage>()
  for (const image of images) {
    const key = collisionKey(image.path)
    const earlier = first.get(key)
    if (!earlier) {
      first.set(key, image)
      continue
    }
    const line = lineOf(earlier, 'path')
    yield problemAt(
      image,
      ['path'],
      earlier.path === image.path
        ? `${image.path} is already used by the image ${line}: give each image its own path.`
        : `${image.path} and ${earlier.path} (${line}) are the same file on ${sameOn(earlier.path, image.path)}: rename one.`,
    )
  }
}

function sameOn(a: string, b: string): string {
  return a.normalize('NFC') === b.normalize('NFC')
    ? 'macOS, which normalises accented letters'
    : 'macOS and Windows, which ignore case'
}

/** `a.png` next to `a.png/b.png`: the first would have to be a folder. */
function* filesAsFolders(images: readonly DeclaredImage[]): Generator<Diagnostic> {
  const byKey = new Map(images.map((image) => [collisionKey(image.path), image]))
  for (const image of images) {
    const segments = collisionKey(image.path).split('/')
    for (let length = 1; length < segments.length; length++) {
      const file = byKey.get(segments.slice(0, length).join('/'))
      if (!file) continue
      const message = `${image.path} needs ${file.path} to be a folder, but that is the image ${lineOf(file, 'path')}.`
      yield problemAt(image, ['path'], message)
    }
  }
}

function* repeatedIds(images: readonly DeclaredImage[]): Generator<Diagnostic> {
  const first = new Map<string, DeclaredImage>()
  for (const image of images) {
    if (image.id === undefined) continue
    const earlier = first.get(image.id)
    if (!earlier) first.set(image.id, image)
    else {
      const message = `id ${image.id} is already used by the image ${lineOf(earlier, 'id')}: give each image its own id.`
      yield problemAt(image, ['id'], message)
    }
  }
}

function lineOf(image: DeclaredImage, field: string): string {
  const { file, line } = image.where([field])
  return `at ${file}:${line}`
}
