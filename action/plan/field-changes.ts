import canonicalize from 'canonicalize'

/** A field of a spec that has changed since the image was generated. */
export interface FieldChange {
  readonly field: string
  /** Absent when the field was added. */
  readonly from?: unknown
  /** Absent when the field was removed. */
  readonly to?: unknown
}

/** The fields that differ, in the order of the new spec; removed fields last. */
export function fieldChanges(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): FieldChange[] {
  const fields = new Set([...Object.keys(after), ...Object.keys(before)])
  return [...fields]
    .filter((field) => canonicalize(before[field]) !== canonicalize(after[field]))
    .map((field) => fieldChange(field, before[field], after[field]))
}

function fieldChange(field: string, from: unknown, to: unknown): FieldChange {
  return { field, ...(from !== undefined && { from }), ...(to !== undefined && { to }) }
}
