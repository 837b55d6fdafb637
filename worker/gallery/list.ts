import type { Fingerprint } from '../../shared/fingerprint.ts'
import type { ImageMediaType } from '../../shared/media/image.ts'
import { LIST_PREFIX, listKey, parseListKey } from './keys.ts'
import { type Manifest, promptOf } from './manifest.ts'
import { readingR2 } from './storage-error.ts'

// The list of all images: one empty R2 object each, whose key puts the newest first and whose metadata holds what a
// list shows. So a page of the list is one R2 operation, and no manifest is read.

/** What the list says of one generation: of its first image, where there are several. */
export interface ListedImage {
  readonly fingerprint: Fingerprint
  /** The prompt's start: at most {@link PROMPT_MAX_BYTES}. */
  readonly prompt: string
  readonly model: string
  /** USD for all images together; absent when OpenRouter didn't report a cost. */
  readonly costUsd?: number
  readonly created: Date
  /** Pixels. */
  readonly width: number
  readonly height: number
  readonly byteLength: number
  readonly mediaType: ImageMediaType
  /** Base64; absent until it is computed. */
  readonly thumbhash?: string
}

export interface ListQuery {
  /** From the previous page. */
  readonly cursor?: ListCursor | undefined
  /** Images on a page, 1 or more. */
  readonly limit: number
  /** Only of this model, as the manifest names it. */
  readonly model?: string | undefined
  /** Only with all of these words in the prompt, in any case. */
  readonly words?: readonly string[] | undefined
}

/** One page of the list, newest first. */
export interface ImageList {
  /** With a filter there can be fewer than `limit`, or none, although there is a next page. */
  readonly images: readonly ListedImage[]
  /** Of the next page; absent on the last one. */
  readonly cursor?: ListCursor | undefined
}

/** Where a page ended: a position, so that new and purged images don't shift the next page. */
export type ListCursor = string & { readonly __brand: 'ListCursor' }

/** Finds images. @throws {EaselError} `storage_failed` when R2 fails */
export type FindImages = (query: ListQuery) => Promise<ImageList>

/** R2 keeps 8 KiB of metadata; a list shows and searches less. */
const PROMPT_MAX_BYTES = 1500

/** Entries that one R2 operation lists at most. With metadata they are often fewer: a hundred or more. */
const BATCH_MAX = 1000

/** R2 operations for one page. A filter that finds little goes on in the next page, where its cursor says. */
const OPERATIONS_MAX = 4

/** {@link FindImages} on R2. */
export function createFindImages(bucket: R2Bucket): FindImages {
  return async ({ cursor, limit, model, words = [] }) => {
    const isFiltered = model !== undefined || words.length > 0
    const images: ListedImage[] = []
    let position = cursor
    for (let operation = 0; operation < OPERATIONS_MAX; operation++) {
      const { objects, truncated } = await listAfter(position, isFiltered ? BATCH_MAX : limit - images.length)
      for (const [at, object] of objects.entries()) {
        const image = readListedImage(object)
        if (!image || !matches(image, model, words)) continue
        images.push(image)
        if (images.length < limit) continue
        const isLast = at === objects.length - 1 && !truncated
        return { images, ...(!isLast && { cursor: cursorOf(object.key) }) }
      }
      const last = objects.at(-1)
      if (!truncated || !last) return { images }
      position = cursorOf(last.key)
    }
    return { images, ...(position !== undefined && { cursor: position }) }
  }

  function listAfter(position: ListCursor | undefined, limit: number): Promise<R2Objects> {
    return readingR2(() =>
      bucket.list({
        prefix: LIST_PREFIX,
        limit,
        include: ['customMetadata'],
        ...(position !== undefined && { startAfter: `${LIST_PREFIX}${position}` }),
      }),
    )
  }
}

/** Writes a generation's entry, or writes it again after something became known. */
export async function putListEntry(bucket: R2Bucket, manifest: Manifest): Promise<void> {
  const [first] = manifest.images
  if (!first) return
  const { media_type, width, height, bytes, thumbhash } = first
  await bucket.put(listKey(manifest), '', {
    customMetadata: {
      mediaType: media_type,
      model: manifest.model,
      prompt: startOf(promptOf(manifest), PROMPT_MAX_BYTES),
      width: String(width),
      height: String(height),
      bytes: String(bytes),
      ...(manifest.cost_usd !== undefined && { cost: String(manifest.cost_usd) }),
      ...(thumbhash !== undefined && { thumbhash }),
    },
  })
}

/** A cursor as a client sends it; `undefined` when it is none. */
export function parseListCursor(text: string): ListCursor | undefined {
  return parseListKey(LIST_PREFIX + text) ? (text as ListCursor) : undefined
}

function cursorOf(key: string): ListCursor {
  return key.slice(LIST_PREFIX.length) as ListCursor
}

function readListedImage({ key, customMetadata = {} }: R2Object): ListedImage | undefined {
  const parsed = parseListKey(key)
  if (!parsed) return undefined
  const { mediaType, model = '', prompt = '', width, height, bytes, cost, thumbhash } = customMetadata
  return {
    ...parsed,
    prompt,
    model,
    ...(cost !== undefined && { costUsd: Number(cost) }),
    width: Number(width),
    height: Number(height),
    byteLength: Number(bytes),
    mediaType: mediaType as ImageMediaType,
    ...(thumbhash !== undefined && { thumbhash }),
  }
}

function matches(image: ListedImage, model: string | undefined, words: readonly string[]): boolean {
  if (model !== undefined && image.model !== model) return false
  if (words.length === 0) return true
  const prompt = image.prompt.toLowerCase()
  return words.every((word) => prompt.includes(word.toLowerCase()))
}

/** The start of a text that takes at most so many bytes in UTF-8, without half a character. */
function startOf(text: string, maxBytes: number): string {
  const buffer = new Uint8Array(maxBytes)
  const { read } = new TextEncoder().encodeInto(text, buffer)
  return text.slice(0, read)
}
