import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml'
import type { Diagnostic, Position } from './diagnostic.ts'

type Path = readonly PropertyKey[]

/** A YAML file as plain data, with the position of each part. */
export interface YamlSource {
  readonly value: unknown
  /** The value at `path`; if there is none, the nearest node around it. */
  position(path: Path): Position
  /** The key at `path`. */
  keyPosition(path: Path): Position
  has(path: Path): boolean
}

/**
 * Reads YAML 1.2, with `<<` merge keys.
 *
 * @param file  its name, for positions
 * @returns the syntax errors, if it is not valid YAML
 */
export function readYaml(
  text: string,
  file: string,
): { readonly source: YamlSource } | { readonly problems: readonly [Diagnostic, ...Diagnostic[]] } {
  const lineCounter = new LineCounter()
  const positionAt = (offset: number): Position => {
    const { line, col } = lineCounter.linePos(offset)
    return { file, line: Math.max(1, line), column: Math.max(1, col) }
  }
  const problem = (offset: number, message: string): Diagnostic => ({
    ...positionAt(offset),
    severity: 'error',
    message: `Invalid YAML: ${oneSentence(message)}`,
  })

  let document: Document.Parsed
  let value: unknown
  try {
    document = parseDocument(text, {
      lineCounter,
      prettyErrors: false,
      merge: true,
      stringKeys: true,
      uniqueKeys: boundedComparison(),
    })
    const tooDeep = document.errors.find(({ message }) => /call stack/i.test(message))
    if (tooDeep) return { problems: [problem(tooDeep.pos[0], 'it nests too deeply')] }
    const [first, ...rest] = document.errors.map((error) =>
      problem(error.pos[0], unquotedColon(error, text) ?? error.message),
    )
    if (first) return { problems: [first, ...rest] }
    const [mark, ...others] = unquotedMarks(document, text).map(({ offset, message }) =>
      problem(offset, message),
    )
    if (mark) return { problems: [mark, ...others] }
    value = document.toJS()
  } catch (error) {
    // Too many aliases (a “billion laughs” file), or too many keys.
    return { problems: [problem(0, error instanceof Error ? error.message : String(error))] }
  }

  function walk(path: Path): { readonly key?: Node; readonly node?: Node; readonly found: boolean } {
    let node: Node | undefined = document.contents ?? undefined
    let key: Node | undefined
    for (const step of path) {
      const inner: Node | undefined = isAlias(node) ? node.resolve(document) : node
      const next: { readonly key?: Node; readonly node?: Node } | undefined = child(inner, step)
      if (!next) return { ...(key && { key }), ...(node && { node }), found: false }
      key = next.key
      node = next.node
    }
    return { ...(key && { key }), ...(node && { node }), found: true }
  }

  return {
    source: {
      value,
      position(path) {
        const { key, node, found } = walk(path)
        return positionAt((found ? offsetOf(node) : offsetOf(key)) ?? offsetOf(key) ?? offsetOf(node) ?? 0)
      },
      keyPosition(path) {
        const { key, node } = walk(path)
        return positionAt(offsetOf(key) ?? offsetOf(node) ?? 0)
      },
      has: (path) => walk(path).found,
    },
  }
}

/** Enough for a mapping of 2,000 keys: yaml compares each key with all those before it. */
const COMPARISONS_MAX = 2_000_000

/** Whether two keys are equal. @throws {Error} when there are too many to compare */
function boundedComparison(): (a: unknown, b: unknown) => boolean {
  let comparisons = 0
  return (a, b) => {
    if (++comparisons > COMPARISONS_MAX) throw new Error('it has a mapping with thousands of keys')
    return isScalar(a) && isScalar(b) && a.value === b.value
  }
}

/** Aliases times characters: yaml looks through the document for each alias. */
const ALIAS_WORK_MAX = 1e9

/**
 * Globs without quotes: YAML takes `*.md` for an alias and `!docs/*.md` for a tag, whose value is empty.
 *
 * @throws {Error} when there are too many aliases
 */
function unquotedMarks(
  document: Document,
  text: string,
): readonly { readonly offset: number; readonly message: string }[] {
  const anchors = new Set<string>()
  let aliases = 0
  const found: { readonly offset: number; readonly message: string }[] = []
  visit(document, {
    Node(_, node) {
      if (isAlias(node)) {
        aliases++
        const written = `*${node.source}`
        if (!anchors.has(node.source)) found.push(unquoted(written, 'an alias', offsetOf(node)))
      } else if (node.anchor !== undefined) anchors.add(node.anchor)
      if (node.tag?.startsWith('!')) {
        const written = isScalar(node) && node.source ? `${node.tag} ${node.source}` : node.tag
        found.push(unquoted(written, 'a tag', text.lastIndexOf('!', offsetOf(node))))
      }
    },
  })
  if (aliases * text.length > ALIAS_WORK_MAX) throw new Error('it has thousands of aliases')
  return found
}

function unquoted(written: string, what: string, offset = 0): { offset: number; message: string } {
  const message = `${written} needs quotes: write ${JSON.stringify(written)}. Without them, YAML takes it for ${what}`
  return { offset, message }
}

function child(node: Node | undefined, step: PropertyKey): { key?: Node; node?: Node } | undefined {
  if (isSeq<Node>(node) && typeof step === 'number') {
    const item = node.items[step]
    return item && { node: item }
  }
  if (!isMap<Node, Node | null>(node)) return undefined
  const pair: Pair<Node, Node | null> | undefined = node.items.find(
    ({ key }) => isScalar(key) && String(key.value) === String(step),
  )
  return pair && { key: pair.key, ...(pair.value && { node: pair.value }) }
}

/** What to write instead of `prompt: A poster: sea`, which YAML takes for a mapping inside a value. */
function unquotedColon({ code, pos: [offset] }: YAMLError, text: string): string | undefined {
  if (code !== 'BLOCK_AS_IMPLICIT_KEY') return undefined
  const end = text.indexOf('\n', offset)
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, end === -1 ? undefined : end)
  const [, key, value] = /^[\s-]*([\w-]+):\s+([^'"{[|>].*: .*)$/.exec(line) ?? []
  if (key === undefined || value === undefined) return undefined
  return `a value with “: ” in it must be quoted: ${key}: ${JSON.stringify(value.trim())}`
}

/** yaml's messages have line breaks and no full stop. */
function oneSentence(message: string): string {
  const sentence = message.replaceAll(/\s+/g, ' ').trim()
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`
}

function offsetOf(node: Node | undefined): number | undefined {
  return node?.range?.[0]
}
