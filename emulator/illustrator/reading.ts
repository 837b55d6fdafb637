import type { Colour } from './colour.ts'
import type { Subject } from './subjects/subject.ts'
import { subjects as vocabulary } from './subjects/index.ts'
import type { Light, Season, SettingName, Style, Weather } from './words.ts'
import { COLOURS, LIGHTS, SEASONS, SETTINGS, STYLES, WEATHERS } from './words.ts'

/** A thing in the image, in the order in which the prompt names them. */
export interface Figure {
  readonly subject: Subject
  /** The colour that the prompt gives it. */
  readonly colour: Colour | undefined
}

/** What a prompt asks to see; `undefined` is left to chance. */
export interface Reading {
  readonly light: Light | undefined
  readonly weather: Weather | undefined
  readonly season: Season
  readonly setting: SettingName | undefined
  readonly styles: ReadonlySet<Style>
  readonly figures: readonly Figure[]
  /** Named in the prompt, in its order. */
  readonly colours: readonly Colour[]
}

/** More figures than that crowd the image. */
const MAX_FIGURES = 4

/** Reads a prompt, word by word. */
export function read(prompt: string): Reading {
  const words = (prompt.toLowerCase().match(/\p{L}+/gu) ?? []).map(singular)
  const text = ` ${words.join(' ')} `
  const figures = findFigures(words)
  const weather = find(text, WEATHERS)
  const season = find(text, SEASONS) ?? (weather === 'snow' ? 'winter' : 'summer')
  return {
    light: find(text, LIGHTS),
    weather,
    season,
    setting: find(text, SETTINGS) ?? figures[0]?.subject.home,
    styles: new Set(
      STYLES.filter(([, names]) => names.some((name) => text.includes(` ${name} `))).map(([style]) => style),
    ),
    figures,
    colours: words.flatMap((_, at) => colourAt(words, at) ?? []),
  }
}

/** The first entry of the table whose word stands earliest in the text. */
function find<T>(text: string, table: readonly (readonly [T, readonly string[]])[]): T | undefined {
  const hits = table.flatMap(([value, names]) =>
    names.flatMap((name) => {
      const at = text.indexOf(` ${name} `)
      return at < 0 ? [] : [{ value, at }]
    }),
  )
  return hits.toSorted((a, b) => a.at - b.at)[0]?.value
}

/** A colour belongs to the thing that follows it within two words: "a red and white lighthouse". */
function findFigures(words: readonly string[]): readonly Figure[] {
  const found: Figure[] = []
  let colour: { value: Colour; at: number } | undefined
  let skipTo = 0
  for (const [at, word] of words.entries()) {
    const named = colourAt(words, at)
    if (named !== undefined && (colour === undefined || at - colour.at > 2)) colour = { value: named, at }
    if (at < skipTo) continue
    const next = words[at + 1] ?? ''
    const pair = subjectOf(`${word} ${next}`)
    if (pair !== undefined) skipTo = at + 2
    // "An orange fish" has no orange in it, "a rose" is one.
    const subject =
      pair ?? (named !== undefined && subjectOf(next) !== undefined ? undefined : subjectOf(word))
    if (subject === undefined || found.some((figure) => figure.subject === subject)) continue
    const isItsOwn = colour !== undefined && at - colour.at <= 3
    found.push({ subject, colour: isItsOwn ? colour?.value : undefined })
    if (isItsOwn) colour = undefined
  }
  return found.slice(0, MAX_FIGURES)
}

/** The first half of a name is no colour: a red panda is brown. */
function colourAt(words: readonly string[], at: number): Colour | undefined {
  const word = words[at] ?? ''
  return subjectOf(`${word} ${words[at + 1] ?? ''}`) === undefined ? COLOURS.get(word) : undefined
}

function subjectOf(words: string): Subject | undefined {
  return vocabulary.find((entry) => entry.words.includes(words))
}

/** Crude on purpose: "foxes" and "houses" must match the vocabulary, nothing more. */
function singular(word: string): string {
  if (word.length < 4 || word.endsWith('ss') || word.endsWith('us')) return word
  if (/(?:x|ch|sh|ss)es$/.test(word)) return word.slice(0, -2)
  if (/[^aeiou]ies$/.test(word)) return `${word.slice(0, -3)}y`
  return word.endsWith('s') ? word.slice(0, -1) : word
}
