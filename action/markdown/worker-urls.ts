import { InvalidSpecError } from '../../shared/errors.ts'
import { parseSpecInput } from '../../shared/spec/parse.ts'
import { toUrlSpec } from '../../shared/spec/url-spec.ts'
import { type Delivery, imageUrl } from '../../shared/url/index.ts'
import { ConfigError, type Diagnostic } from '../config/diagnostic.ts'
import { describedImages, type DescribedImage, mayDescribe } from './described-images.ts'
import { readComment } from './easel-comment.ts'
import { pageText, type PageText } from './page-text.ts'
import type { PageImage } from './piece.ts'
import { piecesOf } from './pieces.ts'

// The package's entry `./markdown`: for site generators, which show images of a Worker.

export interface WorkerUrlOptions {
  /** The Worker's address, such as `https://img.example.com`. */
  readonly base: string | URL
  /** For every image; `format: 'auto'` unless it says otherwise. */
  readonly delivery?: Delivery | undefined
}

interface Edit {
  readonly from: number
  readonly to: number
  readonly text: string
}

/**
 * A page whose described images have their Worker's URL. A description is the comment that the Action reads, too:
 * `<!-- easel … -->` or, in MDX, `{/* easel … *\/}` right before the image. Everything else stays as it is.
 *
 * @param file  the page's name, for errors and for its syntax: `.mdx` is MDX
 * @throws {ConfigError} naming file, line and column of every mistake
 */
export function withWorkerUrls(content: string, file: string, options: WorkerUrlOptions): string {
  if (!mayDescribe(content)) return content
  const page = pageText(file, content)
  const { described, diagnostics } = describedImages(piecesOf(page), page)
  const results = described.map((image) => edit(image, page, options))
  const wrong = [...diagnostics, ...results.flatMap((result) => ('text' in result ? [] : result.diagnostics))]
  if (wrong.some(({ severity }) => severity === 'error')) throw new ConfigError(wrong)
  let { written } = page
  for (const result of results.toReversed()) {
    if ('text' in result) written = written.slice(0, result.from) + result.text + written.slice(result.to)
  }
  return (page.hasByteOrderMark ? '\uFEFF' : '') + written
}

function edit(
  { comment, image }: DescribedImage,
  page: PageText,
  { base, delivery = {} }: WorkerUrlOptions,
): Edit | { readonly diagnostics: readonly Diagnostic[] } {
  const content = readComment(comment, page)
  if (content.kind === 'wrong') return content
  const auto: Delivery = { format: 'auto', ...delivery }
  if (content.kind === 'reference')
    return replaceUrl(image, imageUrl(base, `/named/${encodeURIComponent(content.id)}`, auto))
  const { id: _, prompt = image.alt || undefined, ...fields } = content.fields
  try {
    return replaceUrl(image, imageUrl(base, toUrlSpec(parseSpecInput({ prompt, ...fields })), auto))
  } catch (error) {
    if (!(error instanceof InvalidSpecError)) throw error
    const diagnostics = error.issues.map(({ path: [field = ''], detail }): Diagnostic => {
      const position = content.where([field]) ?? page.position(comment.word)
      return { ...position, severity: 'error', message: detail }
    })
    return { diagnostics }
  }
}

function replaceUrl({ from, to, alt = '', tag, urlAt }: PageImage, url: string): Edit {
  if (tag && urlAt) return { ...urlAt, text: `src="${url.replaceAll('&', '&amp;')}"` }
  if (urlAt) return { ...urlAt, text: url }
  // Reference style: other images may use the same definition.
  return { from, to, text: `![${alt.replaceAll(/[\\[\]]/g, '\\$&')}](${url})` }
}
