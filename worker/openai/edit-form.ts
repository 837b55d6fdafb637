import { InvalidSpecError } from '../../shared/errors.ts'
import { identifyImage } from '../../shared/media/image.ts'
import { specIssue } from '../../shared/spec/spec-issue.ts'
import type { Body } from '../dropin/request/raw-body.ts'
import { encodeBytes } from '../dropin/response/base64.ts'

/** A form of `POST /images/edits`. */
export interface EditForm {
  /** As JSON would have them. */
  readonly fields: Body
  /** `data:` URLs, in order. */
  readonly images: readonly string[]
}

/** As many as a spec takes. */
const MAX_IMAGES = 16

/** One file, or several: clients write either. */
const IMAGE_NAMES: ReadonlySet<string> = new Set(['image', 'image[]'])

const NUMBERS: ReadonlySet<string> = new Set(['n', 'partial_images', 'output_compression'])

/** What would be ignored if it weren't refused, and then the wrong image be paid for. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ['mask', 'OpenRouter edits whole images: say in the prompt which part should change, and leave mask out.'],
  ['markup', 'OpenRouter takes no markup: add it to the images, and leave markup out.'],
])

/**
 * Reads a form of `POST /images/edits`. Which fields there are is for the schema to say.
 *
 * @throws {InvalidSpecError} when an image isn't one, a field is given twice, or `mask` or `markup` is there
 */
export async function readEditForm(form: FormData): Promise<EditForm> {
  const files: unknown[] = []
  const fields = new Map<string, unknown>()
  for (const [name, value] of form as Iterable<[string, string | Blob]>) {
    const why = REFUSED.get(name)
    if (why !== undefined) throw invalid(name, `${name} is not accepted. ${why}`)
    if (IMAGE_NAMES.has(name)) {
      files.push(value)
    } else if (fields.has(name)) {
      throw invalid(name, `${name} is in the form twice: give it once.`)
    } else {
      fields.set(name, typeof value === 'string' ? fromText(name, value) : value)
    }
  }
  if (files.length === 0) throw invalid('image', 'image is missing: send one or more image files.')
  if (files.length > MAX_IMAGES) {
    throw invalid('image', `image is given ${files.length} times: at most ${MAX_IMAGES} are accepted.`)
  }
  return { fields: Object.fromEntries(fields), images: await Promise.all(files.map(toDataUrl)) }
}

/** A form knows text only. What isn't a number stays text, and fails the schema. */
function fromText(name: string, text: string): unknown {
  if (NUMBERS.has(name) && /^\d{1,4}$/.test(text)) return Number(text)
  if (name === 'stream' && (text === 'true' || text === 'false')) return text === 'true'
  return text
}

async function toDataUrl(file: unknown, index: number): Promise<string> {
  const name = `image[${index}]`
  if (!(file instanceof Blob)) throw invalid(name, `${name} is text: send the image as a file.`)
  const bytes = new Uint8Array(await file.arrayBuffer())
  const image = identifyImage([bytes])
  if (!image) throw invalid(name, `${name} is no image of a type that Easel knows: send PNG, JPEG or WebP.`)
  return [`data:${image.mediaType};base64,`, ...encodeBytes(bytes)].join('')
}

function invalid(name: string, detail: string): InvalidSpecError {
  return new InvalidSpecError([specIssue([name], detail)])
}
