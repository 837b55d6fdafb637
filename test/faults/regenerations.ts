import type { MomentName } from './moments.ts'

/** What the client sees whose regeneration is interrupted there, and how the ledger counts both generations. */
export const REGENERATIONS: readonly (readonly [name: MomentName, seen: string, ledger: string])[] = [
  ['The model works', '424 billing_unknown', 'unknown, generated'],
  ['Between two parts of a large image', '424 billing_unknown', 'unknown, generated'],
  // What replaces an image is recorded before it is published, small or large.
  ['A small image has arrived; neither stored nor settled', '200', 'generated, generated'],
  ['The manifest is written, the image is not', '200', 'generated, generated'],
  ['The second of two images is written, the first is not', '200', 'generated, generated'],
  ['The first image is written, the job does not know', '200', 'generated, generated'],
]
