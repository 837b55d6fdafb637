import type { AccessMode } from '../settings.ts'
import type { BodyLimit } from '../web/limited-body.ts'
import type { Caller } from './access.ts'

const KIB = 1024
const MIB = 1024 * KIB

/** Base64 takes four characters for three bytes. */
const BASE64_BYTES = 3 / 4

/** Enough for every spec without images in it. */
export const SMALL_BODY: BodyLimit = { bytes: 64 * KIB, name: '64 KiB' }

/** A few input images: where everybody may generate, everybody shares the memory. */
const OPEN_BODY: BodyLimit = { bytes: 8 * MIB, name: '8 MiB' }

/** The input images that OpenRouter takes, in base64. A Worker has 128 MB for everything. */
const LARGE_BODY: BodyLimit = { bytes: 32 * MIB, name: '32 MiB' }

/** The same for a body whose images aren't in base64 yet. */
export function formLimit(caller: Caller, mode: AccessMode): BodyLimit {
  const bytes = bodyLimit(caller, mode).bytes * BASE64_BYTES
  return { bytes, name: bytes < MIB ? `${bytes / KIB} KiB` : `${bytes / MIB} MiB` }
}

/** How much a caller may send to describe an image. */
export function bodyLimit({ kind }: Caller, mode: AccessMode): BodyLimit {
  if (kind === 'token') return LARGE_BODY
  return mode === 'open' ? OPEN_BODY : SMALL_BODY
}
