import { spendInVain } from './bounds.ts'
import type { EaselComment, PageImage, Piece } from './piece.ts'
import { scanTag, type Tag } from './tags.ts'

/** The delimiters of comments. */
const COMMENTS = [
  { open: /<!--/y, close: '-->' },
  { open: /\{\s*\/\*/y, close: '*/' },
] as const

const EASEL = /^\s*(easel)(?=$|[\s:])/i

/** Elements whose content is not HTML. */
const RAW = /^(script|style|textarea|title)$/i

/**
 * The pieces of an HTML fragment or a comment.
 *
 * @param offset  where it starts in the page
 * @throws {UnreadableError} when its tags never end
 */
export function piecesInHtml(html: string, offset: number): Piece[] {
  const pieces: Piece[] = []
  let at = 0
  let textFrom = 0
  let lowerCase: string | undefined
  const flush = (): void => {
    const found = /\S/.exec(html.slice(textFrom, at))
    if (!found) return
    const from = textFrom + found.index
    pieces.push({ kind: 'other', from: offset + from, text: html.slice(from, at), isText: true })
  }
  while (at < html.length) {
    const end = commentEnd(html, at)
    const tag = end === undefined ? scanTag(html, at) : undefined
    if (end === undefined && typeof tag !== 'object') {
      if (tag === 'incomplete') spendInVain(html.length - at, offset + at)
      const next = html.slice(at + 1).search(/[<{]/)
      at = next === -1 ? html.length : at + 1 + next
      continue
    }
    flush()
    if (end !== undefined) {
      const comment = easelComment(html.slice(0, end), at, offset)
      if (comment) pieces.push(comment)
      at = end
    } else if (typeof tag === 'object') {
      pieces.push(...imageOf(tag, offset))
      at = RAW.test(tag.name) && !tag.isClosing ? rawEnd((lowerCase ??= html.toLowerCase()), tag) : tag.to
    }
    textFrom = at
  }
  flush()
  return pieces
}

/** The piece that a single tag stands for, if any. */
export function piecesInTag(text: string, offset: number): Piece[] {
  const tag = scanTag(text, 0)
  return typeof tag === 'object' ? imageOf(tag, offset) : []
}

/** Where the comment at `at` ends; `undefined` when there is none. */
function commentEnd(html: string, at: number): number | undefined {
  const kind = kindAt(html, at)
  if (!kind) return undefined
  const close = html.indexOf(kind.close, at + 4)
  if (close === -1) return html.length
  const after = kind.close === '*/' ? /^\s*\}/.exec(html.slice(close + 2)) : undefined
  return close + kind.close.length + (after?.[0].length ?? 0)
}

function easelComment(html: string, at: number, offset: number): EaselComment | undefined {
  const kind = kindAt(html, at)
  if (!kind) return undefined
  const start = kind.open.lastIndex
  const close = html.lastIndexOf(kind.close)
  const inner = html.slice(start, close >= start ? close : undefined)
  const word = EASEL.exec(inner)
  if (!word) return undefined
  return {
    kind: 'comment',
    from: offset + at,
    to: offset + html.length,
    word: offset + start + word[0].length - 'easel'.length,
    name: word[1] ?? '',
    body: inner.slice(word[0].length),
  }
}

/** Leaves `lastIndex` after the opening delimiter. */
function kindAt(html: string, at: number): (typeof COMMENTS)[number] | undefined {
  return COMMENTS.find(({ open }) => {
    open.lastIndex = at
    return open.test(html)
  })
}

function imageOf(tag: Tag, offset: number): PageImage[] {
  // MDX components for images, such as `Image` of Next.js, have the same two attributes.
  if (tag.isClosing || !/^(Image|img)$/i.test(tag.name)) return []
  const { attributes, from, to, attributesEnd } = tag
  const attribute = (name: string) => attributes.find((candidate) => candidate.name === name)
  const src = attribute('src')
  return [
    {
      kind: 'image',
      from: offset + from,
      to: offset + to,
      url: src?.value?.trim() || undefined,
      ...(src && { urlAt: { from: offset + src.from, to: offset + src.to } }),
      alt: attribute('alt')?.value?.replaceAll(/\s+/g, ' ').trim(),
      tag: { names: attributes.map(({ name }) => name), attributesEnd: offset + attributesEnd },
    },
  ]
}

function rawEnd(html: string, tag: Tag): number {
  const close = html.indexOf(`</${tag.name.toLowerCase()}`, tag.to)
  return close === -1 ? html.length : close
}
