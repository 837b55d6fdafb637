import { createHash } from 'node:crypto'
import type { R2Bucket } from '@cloudflare/workers-types'
import type { Fingerprint } from '../../../shared/fingerprint.ts'
import { listKey } from '../../../worker/gallery/keys.ts'

/** An image that only the list knows. `n` is its age: the highest is the newest. */
export interface SeededImage {
  readonly n: number
  readonly prompt: string
  readonly model: string
}

const START = Date.parse('2026-01-01T00:00:00Z')

/** Puts entries into the list of images, without their images. */
export async function seedList(bucket: R2Bucket, images: readonly SeededImage[]): Promise<void> {
  const left = images.values()
  const put = async () => {
    for (const { n, prompt, model } of left) {
      await bucket.put(listEntry(n).key, '', {
        customMetadata: {
          mediaType: 'image/png',
          model,
          prompt,
          width: '1024',
          height: '1024',
          bytes: '1000',
          cost: '0.04',
        },
      })
    }
  }
  await Promise.all(Array.from({ length: 32 }, put))
}

/** Where the list has a seeded image. */
export function listEntry(n: number): { readonly fingerprint: Fingerprint; readonly key: string } {
  const fingerprint = createHash('sha256').update(`seeded ${n}`).digest('hex') as Fingerprint
  return { fingerprint, key: listKey({ created: new Date(START + n * 60_000).toISOString(), fingerprint }) }
}
