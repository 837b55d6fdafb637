import type { FaultPlace } from '../faults.ts'

/**
 * Empty pieces of a body that mark places in it for faults. They are told apart by identity and add no byte, so
 * whoever knows nothing of them sends them like any other piece.
 */
export const MARKS = {
  image: new Uint8Array(0),
  betweenImages: new Uint8Array(0),
  end: new Uint8Array(0),
} as const satisfies Partial<Record<FaultPlace, Uint8Array>>

export function placeOf(piece: Uint8Array): keyof typeof MARKS | undefined {
  if (piece === MARKS.image) return 'image'
  if (piece === MARKS.betweenImages) return 'betweenImages'
  return piece === MARKS.end ? 'end' : undefined
}

/** A JSON body with the mark of its end before its last byte. */
export function withEnd(pieces: readonly Uint8Array[]): readonly Uint8Array[] {
  const last = pieces.at(-1) ?? MARKS.end
  return [...pieces.slice(0, -1), last.subarray(0, -1), MARKS.end, last.subarray(-1)]
}
