import { type Fingerprint, isFingerprint } from '../../shared/fingerprint.ts'

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

/** Milliseconds of the year 5138: R2 lists by name, and counting down from there puts the newest first. */
const COUNTDOWN_START = 99_999_999_999_999

export function listKey({ created, fingerprint }: { created: string; fingerprint: Fingerprint }): string {
  const countdown = COUNTDOWN_START - Date.parse(created)
  return `${LIST_PREFIX}${String(countdown).padStart(14, '0')}/${fingerprint}`
}

/** What a key of the list says; `undefined` when it isn't one. */
export function parseListKey(
  key: string,
): { readonly created: Date; readonly fingerprint: Fingerprint } | undefined {
  const [countdown = '', fingerprint = ''] = key.slice(LIST_PREFIX.length).split('/')
  if (!/^\d{14}$/.test(countdown) || !isFingerprint(fingerprint)) return undefined
  const parsed = { created: new Date(COUNTDOWN_START - Number(countdown)), fingerprint }
  return key === `${LIST_PREFIX}${countdown}/${fingerprint}` ? parsed : undefined
}
