/** A version's part of a changelog. */
export interface Changes {
  /** `2026-11-30`; absent while it isn't released. */
  readonly date?: string
  /** Without the heading. */
  readonly text: string
}

/** What a changelog says about a version; `undefined` when it doesn't have it. */
export function changesOf(changelog: string, version: string): Changes | undefined {
  const section = changelog
    .split(/^## /m)
    .slice(1)
    .find((part) => part.split(/\s/, 1)[0] === version)
  if (section === undefined) return undefined
  const end = section.indexOf('\n')
  const date = /\d{4}-\d{2}-\d{2}$/.exec(section.slice(0, end).trim())?.[0]
  return { ...(date !== undefined && { date }), text: section.slice(end).trim() }
}
