import sharp, { type Metadata } from 'sharp'
import { type RunningEasel, startEasel, type StartOptions } from './easel.ts'

/** `Accept`, as browsers that know these formats send it. */
export const ACCEPT_AVIF = 'image/avif,image/webp,image/apng,image/*,*/*;q=0.8'
export const ACCEPT_WEBP = 'image/webp,*/*'

/** What test/support/workerd/observed-worker.ts has counted since it started. */
export interface Counts {
  readonly transformations: number
  readonly lists: number
  readonly reads: readonly { readonly key: string; readonly how: string; readonly range?: object }[]
  readonly headersAtTheEdge: readonly string[]
}

/** The Worker, and what it reads and transforms. */
export interface ObservedEasel extends RunningEasel {
  counts(): Promise<Counts>
  /** Generates an image. @returns its permanent address, from `Content-Location` */
  generate(prompt: string): Promise<string>
}

export async function startObservedEasel(options: Omit<StartOptions, 'main'> = {}): Promise<ObservedEasel> {
  const easel = await startEasel({ main: './test/support/workerd/observed-worker.ts', ...options })
  return {
    ...easel,
    counts: async () => (await (await easel.get('/test/counts')).json()) as Counts,
    async generate(prompt) {
      const { headers } = await easel.get(`/image?prompt=${encodeURIComponent(prompt)}`)
      return headers.get('content-location') ?? ''
    },
  }
}

/** The image's facts, read from its bytes. */
export async function metadataOf(response: Response): Promise<Metadata> {
  return sharp(await response.arrayBuffer()).metadata()
}

/** The fingerprint in an image's address. */
export function fingerprintIn(path: string): string {
  return /[0-9a-f]{64}/.exec(path)?.[0] ?? ''
}
