import { type ConfigIssue, parseComment } from '../../shared/config/parse.ts'
import type { CommentFields } from '../../shared/config/schema.ts'
import type { Diagnostic, Position } from '../config/diagnostic.ts'
import { readYaml, type YamlSource } from '../config/yaml-source.ts'
import type { PageText } from './page-text.ts'
import type { EaselComment } from './piece.ts'

/** What a comment says. */
export type CommentContent =
  /** `easel: hero`: the image with this id in the config. */
  | { readonly kind: 'reference'; readonly id: string; readonly position: Position }
  /** An image's fields, possibly none. */
  | {
      readonly kind: 'description'
      readonly fields: CommentFields
      /** Where a field is in the page; `undefined` when the comment doesn't have it. */
      readonly where: (path: readonly PropertyKey[]) => Position | undefined
    }
  | { readonly kind: 'wrong'; readonly diagnostics: readonly Diagnostic[] }

const REFERENCE = /^:[ \t\n]*([A-Za-z0-9][\w.-]*)\s*$/

export function readComment(comment: EaselComment, page: PageText): CommentContent {
  const { body, word } = comment
  if (body.startsWith(':')) return readReference(body, page.position(word))
  const lines = linesOf(body)
  const yaml = readYaml(lines.map(({ text }) => text).join('\n'), page.file)
  const inPage = ({ line, column }: Position): Position => {
    const found = lines[Math.min(line, lines.length) - 1]
    return page.position(
      word + 'easel'.length + (found ? found.start + Math.max(0, column - 1 - found.added) : 0),
    )
  }
  if ('problems' in yaml) {
    const diagnostics = yaml.problems.map((problem) => ({ ...problem, ...inPage(problem) }))
    return { kind: 'wrong', diagnostics }
  }
  const { source } = yaml
  const { fields, issues } = parseComment(source.value)
  if (!fields)
    return { kind: 'wrong', diagnostics: issues.map((issue) => asDiagnostic(issue, source, inPage)) }
  return {
    kind: 'description',
    fields,
    where: (path) => (source.has(path) ? inPage(source.position(path)) : undefined),
  }
}

function readReference(body: string, position: Position): CommentContent {
  const id = REFERENCE.exec(body)?.[1]
  if (id !== undefined) return { kind: 'reference', id, position }
  const message =
    'After easel: write the id of an image in the config, and nothing else. To describe the image here, leave out the colon.'
  return { kind: 'wrong', diagnostics: [{ ...position, severity: 'error', message }] }
}

function asDiagnostic(
  { path, isKey, detail }: ConfigIssue,
  source: YamlSource,
  inPage: (position: Position) => Position,
): Diagnostic {
  const position = inPage(isKey ? source.keyPosition(path) : source.position(path))
  return { ...position, severity: 'error', message: detail }
}

/** A line of YAML: where it starts in the body, and how many spaces were added before it. */
interface BodyLine {
  readonly text: string
  readonly start: number
  readonly added: number
}

/** Indents what follows the word on its line like the other lines, so that together they are one YAML mapping. */
function linesOf(body: string): BodyLine[] {
  const [first = '', ...others] = body.split('\n')
  const indents = others.filter((line) => line.trim() !== '').map((line) => line.search(/\S/))
  const indent = Math.min(...indents)
  const added = Number.isFinite(indent) ? indent : 0
  const text = first.trimStart()
  const lines: BodyLine[] = [
    {
      text: text === '' ? '' : ' '.repeat(added) + text,
      start: first.length - text.length,
      added: text === '' ? 0 : added,
    },
  ]
  let start = first.length + 1
  for (const line of others) {
    lines.push({ text: line, start, added: 0 })
    start += line.length + 1
  }
  return lines
}
