import canonicalize from 'canonicalize'

/** A field whose value is not what the image was made from. */
export interface Change {
  readonly field: string
  /** Absent: the field was not there, or is not there any more. */
  readonly from?: unknown
  readonly to?: unknown
}

/** The fields that differ, in the order of the new description, then those that are gone. */
export function changesBetween(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): Change[] {
  const fields = new Set([...Object.keys(after), ...Object.keys(before)])
  return [...fields]
    .filter((field) => canonicalize(before[field]) !== canonicalize(after[field]))
    .map((field) => changeOf(field, before[field], after[field]))
}

function changeOf(field: string, from: unknown, to: unknown): Change {
  return { field, ...(from !== undefined && { from }), ...(to !== undefined && { to }) }
}
