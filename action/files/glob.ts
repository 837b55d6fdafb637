/** A pattern for paths. Matching takes time in proportion to pattern and path, whatever they are. */
export interface Glob {
  /** Folders, or files, that everything it matches is under. */
  readonly bases: readonly string[]
  matches(path: SplitPath): boolean
}

/** A path, ready for many globs. */
export type SplitPath = readonly Name[]

interface Name {
  readonly written: string
  readonly characters: readonly string[]
}

export function splitPath(path: string): SplitPath {
  return path.split('/').map((written) => ({ written, characters: Array.from(written) }))
}

/** More would be a mistake, and each costs time. */
const CHARACTERS_MAX = 1000
const ALTERNATIVES_MAX = 64

/** Of all globs of a list: each is compared with every file. */
const ALL_ALTERNATIVES_MAX = 1000

/** What is wrong with a pattern, as the end of a sentence that starts with it; `undefined` if nothing is. */
export function globMistake(pattern: string): string | undefined {
  if (pattern.length > CHARACTERS_MAX)
    return `has ${pattern.length} characters: shorten it to ${CHARACTERS_MAX} or fewer`
  if (/[@+*?!]\(/.test(pattern)) return 'has a group in parentheses: write {one,other}'
  return expandBraces(pattern)
    ? undefined
    : `means more than ${ALTERNATIVES_MAX} patterns: write fewer braces`
}

/**
 * What is wrong with globs together, each of which is right.
 *
 * @returns the first that is too many, and the end of a sentence that starts with the name of the list
 */
export function globListMistake(
  patterns: readonly string[],
): { readonly index: number; readonly problem: string } | undefined {
  let count = 0
  const index = patterns.findIndex((one) => (count += expandBraces(one)?.length ?? 0) > ALL_ALTERNATIVES_MAX)
  return index === -1
    ? undefined
    : {
        index,
        problem: `means more than ${ALL_ALTERNATIVES_MAX} patterns, counting each alternative in braces: use * and **`,
      }
}

/**
 * Parses `*` and `?` within a name, `**` for any folders, `[a-z]`, `[!a-z]` and `{one,other}`.
 *
 * @param dot  whether wildcards match names that start with a dot
 */
export function parseGlob(pattern: string, { dot }: { readonly dot: boolean }): Glob {
  const alternatives = (expandBraces(pattern) ?? [pattern]).map((one) => one.split('/').map(parseName))
  const rules: Rules<Segment, Name> = {
    isMany: (segment) => segment.kind === 'folders',
    mayBeAmongMany: ({ written }) => dot || !written.startsWith('.'),
    matchesOne: (segment, name) => segment.kind === 'name' && matchName(segment, name, dot),
  }
  return {
    bases: alternatives.map(baseOf),
    matches: (path) => alternatives.some((segments) => matchSequence(segments, path, rules)),
  }
}

type Character =
  | { readonly kind: 'many' }
  | { readonly kind: 'any' }
  | { readonly kind: 'one'; readonly text: string }
  | {
      readonly kind: 'set'
      readonly isNegative: boolean
      readonly ranges: readonly (readonly [string, string])[]
    }

type Segment =
  | { readonly kind: 'folders' }
  | {
      readonly kind: 'name'
      readonly written: string
      /** Absent when it matches only itself. */
      readonly characters?: readonly Character[]
    }

const SETS_AND_WILDCARDS = /\*+|\?|\[(!|\^)?(\]?[^\]]*)\]|[\s\S]/gu
const WILDCARDS = /\*+|\?|[\s\S]/gu

function parseName(written: string): Segment {
  if (written === '**') return { kind: 'folders' }
  // Behind the last bracket that closes a set, one that opens it would be looked for in vain, again and again.
  const end = written.lastIndexOf(']') + 1
  const characters = [
    ...written.slice(0, end).matchAll(SETS_AND_WILDCARDS),
    ...written.slice(end).matchAll(WILDCARDS),
  ].map((found): Character => {
    const [text, negation, set] = found
    if (text.startsWith('*')) return { kind: 'many' }
    if (text === '?') return { kind: 'any' }
    if (set === undefined || set === '') return { kind: 'one', text }
    const ranges = Array.from(set.matchAll(/([\s\S])-([\s\S])|[\s\S]/gu), (range) => {
      const [one, low = one, high = one] = range
      return [low, high] as const
    })
    return { kind: 'set', isNegative: negation !== undefined, ranges }
  })
  return characters.every(({ kind }) => kind === 'one')
    ? { kind: 'name', written }
    : { kind: 'name', written, characters }
}

function matchName({ written, characters }: Segment & { kind: 'name' }, name: Name, dot: boolean): boolean {
  if (!characters) return written === name.written
  if (!dot && name.written.startsWith('.') && !written.startsWith('.')) return false
  return matchSequence(characters, name.characters, IN_NAMES)
}

const IN_NAMES: Rules<Character, string> = {
  isMany: ({ kind }) => kind === 'many',
  mayBeAmongMany: () => true,
  matchesOne: matchCharacter,
}

function matchCharacter(pattern: Character, character: string): boolean {
  switch (pattern.kind) {
    case 'any':
      return true
    case 'one':
      return pattern.text === character
    case 'set': {
      const isIn = pattern.ranges.some(([low, high]) => low <= character && character <= high)
      return isIn !== pattern.isNegative
    }
    case 'many':
      return false
  }
}

interface Rules<P, T> {
  /** Whether a part of the pattern matches any number of items. */
  isMany(part: P): boolean
  mayBeAmongMany(item: T): boolean
  matchesOne(part: P, item: T): boolean
}

/** Goes back only to the last part that matches many: what an earlier one took more, this one can take. */
function matchSequence<P, T>(parts: readonly P[], items: readonly T[], rules: Rules<P, T>): boolean {
  let at = 0
  let many = -1
  let resume = 0
  for (let index = 0; index < items.length;) {
    const part = parts[at]
    const item = items[index]
    if (item === undefined) return false
    if (part !== undefined && rules.isMany(part)) {
      many = at++
      resume = index
    } else if (part !== undefined && rules.matchesOne(part, item)) {
      at++
      index++
    } else {
      const taken = items[resume]
      if (many === -1 || taken === undefined || !rules.mayBeAmongMany(taken)) return false
      at = many + 1
      index = ++resume
    }
  }
  return parts.slice(at).every((part) => rules.isMany(part))
}

function baseOf(segments: readonly Segment[]): string {
  const plain: string[] = []
  for (const segment of segments) {
    if (segment.kind === 'folders' || segment.characters) break
    plain.push(segment.written)
  }
  return plain.join('/')
}

/** @returns `undefined` when there are too many */
function expandBraces(pattern: string): readonly string[] | undefined {
  const left = [pattern]
  const done: string[] = []
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    // The innermost first, so that there is none in between.
    const found = Array.from(next.matchAll(/\{([^{}]*)\}/g)).find(([, inner]) => inner?.includes(','))
    if (!found) done.push(next)
    else {
      const [before, after] = [next.slice(0, found.index), next.slice(found.index + found[0].length)]
      left.push(...(found[1] ?? '').split(',').map((one) => before + one + after))
    }
    if (left.length + done.length > ALTERNATIVES_MAX) return undefined
  }
  return done
}
