import { createHash } from 'node:crypto'
import type { Fingerprint } from '../../../shared/fingerprint.ts'
import { listKey } from '../../../worker/gallery/keys.ts'
import type { ObservedEasel } from './observed-easel.ts'

/** An image that only the list knows. `n` is its age: the highest is the newest. */
export interface SeededImage {
  readonly n: number
  readonly prompt: string
  readonly model: string
}

const START = Date.parse('2026-01-01T00:00:00Z')

/** Puts entries into the list of images, without their images. */
export async function seedList(easel: ObservedEasel, images: readonly SeededImage[]): Promise<void> {
  const metadata = { mediaType: 'image/png', width: '1024', height: '1024', bytes: '1000', cost: '0.04' }
  const entries = images.map(({ n, prompt, model }) => ({
    key: listEntry(n).key,
    customMetadata: { ...metadata, prompt, model },
  }))
  const response = await easel.post('/test/list', entries)
  if (!response.ok) throw new Error(`the list can’t be seeded: ${response.status}`)
}

/** Where the list has a seeded image. */
export function listEntry(n: number): { readonly fingerprint: Fingerprint; readonly key: string } {
  const fingerprint = createHash('sha256').update(`seeded ${n}`).digest('hex') as Fingerprint
  return { fingerprint, key: listKey({ created: new Date(START + n * 60_000).toISOString(), fingerprint }) }
}
