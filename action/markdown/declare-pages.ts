import { join } from 'node:path'
import pMap from 'p-map'
import type { FieldPath } from '../../shared/spec/spec-issue.ts'
import type { DeclaredImage } from '../config/declared-image.ts'
import type { Diagnostic, Position } from '../config/diagnostic.ts'
import { globListMistake } from '../files/glob.ts'
import { readRegularFile } from '../files/read-file.ts'
import type { LinkFinder } from '../files/safe-path.ts'
import { describedImages, type DescribedImage, mayDescribe } from './described-images.ts'
import { readComment } from './easel-comment.ts'
import { findPages, globProblem } from './find-pages.ts'
import { imagePath } from './image-path.ts'
import { pageText, type PageText } from './page-text.ts'
import { piecesOf } from './pieces.ts'
import { createRegister, type Register } from './register.ts'

/** How people spell the word of a comment. Only the first counts; the others get a warning. */
const SPELLINGS = ['easel', 'Easel', 'EASEL'] as const

/** How a file in UTF-16 starts, in which no word would be found. */
const UTF_16_MARKS = [Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])] as const

/** Files open at the same time. */
const READS_AT_ONCE = 32

/** What a config says about Markdown pages. */
export interface PagesConfig {
  readonly globs: readonly string[]
  readonly siteRoot: string | undefined
  /** The images of the config itself. */
  readonly images: readonly DeclaredImage[]
  /** Where a field is in a preset or in the defaults. */
  readonly whereShared: (preset: string | undefined, path: FieldPath) => Position | undefined
  readonly whereGlob: (index: number) => Position
}

/** Reads the pages that a config names. @returns the images of the config and of the pages */
export async function declarePages(
  { globs, siteRoot, images, whereShared, whereGlob }: PagesConfig,
  { root, links }: { readonly root: string; readonly links: LinkFinder },
): Promise<{ readonly images: readonly DeclaredImage[]; readonly diagnostics: readonly Diagnostic[] }> {
  const wrong = await Promise.all(
    globs.map(async (glob, index): Promise<Diagnostic[]> => {
      const problem = await globProblem(glob, links)
      return problem ? [{ ...whereGlob(index), severity: 'error', message: `${glob} ${problem}.` }] : []
    }),
  )
  if (wrong.some(({ length }) => length > 0)) return { images, diagnostics: wrong.flat() }
  const tooMany = globListMistake(globs)
  if (tooMany) {
    const message = `markdown ${tooMany.problem}.`
    return { images, diagnostics: [{ ...whereGlob(tooMany.index), severity: 'error', message }] }
  }
  const { files, idle } = await findPages(root, globs)
  const diagnostics = idle.flatMap((index): Diagnostic[] => {
    const message = `${globs[index] ?? ''} matches no .md, .mdx or .markdown file.`
    return [{ ...whereGlob(index), severity: 'warning', message }]
  })
  const pages = await pMap(files, (file) => readPage(root, file), { concurrency: READS_AT_ONCE })
  const known = createRegister(images)
  for (const page of pages) {
    if (!page) continue
    if ('message' in page) diagnostics.push(page)
    else diagnostics.push(...declarePage(page, { siteRoot, whereShared }, known))
  }
  return { images: known.all(), diagnostics }
}

/** @returns `undefined` for a page without easel comments */
async function readPage(root: string, file: string): Promise<PageText | Diagnostic | undefined> {
  const found = await readRegularFile(join(root, file))
  // Deleted since it was found.
  if (found.kind !== 'file') return undefined
  const bytes = Buffer.from(found.bytes.buffer, found.bytes.byteOffset, found.bytes.byteLength)
  const notText: Diagnostic = {
    file,
    line: 1,
    column: 1,
    severity: 'error',
    message: `${file} is not UTF-8 text.`,
  }
  if (UTF_16_MARKS.some((mark) => bytes.subarray(0, mark.length).equals(mark))) return notText
  if (!SPELLINGS.some((word) => bytes.includes(word))) return undefined
  try {
    const content = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(found.bytes)
    return mayDescribe(content) ? pageText(file, content) : undefined
  } catch {
    return notText
  }
}

function declarePage(
  page: PageText,
  { siteRoot, whereShared }: Pick<PagesConfig, 'siteRoot' | 'whereShared'>,
  known: Register,
): Diagnostic[] {
  const { described, diagnostics } = describedImages(piecesOf(page, true), page)
  return [...diagnostics, ...described.flatMap(declare)]

  function declare({ comment, image }: DescribedImage): Diagnostic[] {
    const at = page.position(image.from)
    const error = (message: string, position = at): Diagnostic[] => [
      { ...position, severity: 'error', message },
    ]
    if (image.url === undefined) return error('The image has no readable path: write it as plain text.')
    const target = imagePath(image.url, { file: page.file, siteRoot })
    if ('problem' in target) return error(`${shown(image.url)} ${target.problem}.`)
    const { path } = target
    const content = readComment(comment, page)
    if (content.kind === 'wrong') return [...content.diagnostics]

    const { alt } = image
    const silent: Diagnostic[] =
      alt || (alt === '' && image.tag)
        ? []
        : [
            {
              ...at,
              severity: 'warning',
              message: `${path} has no alt text: describe the image for people who can’t see it.`,
            },
          ]
    if (content.kind === 'reference') {
      const message = known.refer(content.id, path, page.file)
      return message === undefined ? silent : error(message, content.position)
    }
    const { id, ...fields } = content.fields
    const where = (fieldPath: FieldPath): Position => {
      const [field = ''] = fieldPath
      const own = content.where(fieldPath) ?? content.where([field])
      if (own) return own
      if (field === 'path') return at
      // An image without a prompt uses its alt text.
      if (field === 'prompt' && alt) return at
      return whereShared(fields.preset, fieldPath) ?? page.position(comment.word)
    }
    const withPrompt = fields.prompt === undefined && alt ? { ...fields, prompt: alt } : fields
    return [...silent, ...known.add({ path, id, alt: alt || undefined, fields: withPrompt, where })]
  }
}

function shown(url: string): string {
  return url.length > 80 ? `${url.slice(0, 80)}…` : url
}
