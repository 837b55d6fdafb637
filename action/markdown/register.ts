import canonicalize from 'canonicalize'
import { dirname, join, relative } from 'node:path/posix'
import { type DeclaredImage, problemAt } from '../config/declared-image.ts'
import { compare, type Diagnostic } from '../config/diagnostic.ts'
import { createIdHints } from './unknown-id.ts'

/** The images so far, by path. Two identical descriptions count as one image. */
export interface Register {
  add(image: DeclaredImage): Diagnostic[]
  /** @returns what is wrong with a reference */
  refer(id: string, path: string, file: string): string | undefined
  all(): DeclaredImage[]
}

export function createRegister(images: readonly DeclaredImage[]): Register {
  // The config's own images may have mistakes that are reported elsewhere, such as two with one path.
  const all = [...images]
  const byPath = new Map(images.map((image, index) => [image.path, index]))
  // The first of equal ids, which is reported elsewhere, too.
  const byId = new Map(images.toReversed().map((image) => [image.id, image]))
  const hintFor = createIdHints(images.flatMap(({ id }) => id ?? []))
  return {
    all: () => all,
    add(image) {
      const index = byPath.get(image.path)
      const first = index === undefined ? undefined : all[index]
      if (index === undefined || !first) {
        byPath.set(image.path, all.push(image) - 1)
        return []
      }
      const differing = first.fields ? differences(first, image) : []
      if (differing.length === 0) {
        if (first.alt === undefined || first.id === undefined) {
          all[index] = { ...first, alt: first.alt ?? image.alt, id: first.id ?? image.id }
        }
        return []
      }
      const { file, line } = first.where(['path'])
      const message = `${image.path} is described differently at ${file}:${line} (${differing.join(', ')}): describe it once, or the same way twice.`
      return [problemAt(image, ['path'], message)]
    },
    refer(id, path, file) {
      const image = byId.get(id)
      if (image?.path === path) return undefined
      if (image) {
        const to = relative(dirname(join('/', file)), join('/', image.path))
        return `${id} is ${image.path}, but the image here is ${path}: write ${to}, or describe the image here.`
      }
      return `The config has no image with the id ${id}${hintFor(id)}`
    },
  }
}

/** Names of the fields in which two descriptions differ. */
function differences(a: DeclaredImage, b: DeclaredImage): string[] {
  const [left, right] = [fieldsOf(a), fieldsOf(b)]
  const fields = [...new Set([...left.keys(), ...right.keys()])]
    .filter((field) => canonicalize(left.get(field)) !== canonicalize(right.get(field)))
    .toSorted(compare)
  return a.id !== undefined && b.id !== undefined && a.id !== b.id ? [...fields, 'id'] : fields
}

function fieldsOf({ fields }: DeclaredImage): ReadonlyMap<string, unknown> {
  return new Map<string, unknown>(Object.entries(fields ?? {}))
}
