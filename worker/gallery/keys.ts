import type { Fingerprint } from '../../shared/fingerprint.ts'

// R2's key space. One object per fingerprint, its GenerationJob, writes all of that fingerprint's keys.

export function imageKey(fingerprint: Fingerprint, index: number): string {
  return `images/${fingerprint}/${index}`
}

export function manifestKey(fingerprint: Fingerprint): string {
  return `images/${fingerprint}/manifest.json`
}

export function imagesPrefix(fingerprint: Fingerprint): string {
  return `images/${fingerprint}/`
}

export function variantsPrefix(fingerprint: Fingerprint): string {
  return `variants/${fingerprint}/`
}

export const LIST_PREFIX = 'recent/'

/** Milliseconds of the year 5138 minus the image's: R2 lists by name, and this puts the newest first. */
export function listKey({ created, fingerprint }: { created: string; fingerprint: Fingerprint }): string {
  const countdown = 99_999_999_999_999 - Date.parse(created)
  return `${LIST_PREFIX}${String(countdown).padStart(14, '0')}/${fingerprint}`
}
