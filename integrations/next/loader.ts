import { type Delivery, imageUrl } from '../../shared/url/index.ts'

/** What `next/image` passes to a loader. */
export interface LoaderProps {
  /** A prompt, or an image's path or URL at the Worker. Other paths and URLs are returned as they are. */
  readonly src: string
  /** Pixels. */
  readonly width: number
  /** 1 to 100. */
  readonly quality?: number | undefined
}

export type Loader = (props: LoaderProps) => string

/**
 * A loader for `next/image`.
 *
 * @param base      the Worker's address, such as `https://img.example.com`
 * @param delivery  for every image; `format: 'auto'` unless it says otherwise
 */
export function createLoader(base: string | URL, delivery: Omit<Delivery, 'w' | 'q'> = {}): Loader {
  return ({ src, width, quality }) =>
    imageUrl(base, src, { format: 'auto', ...delivery, w: width, q: quality })
}

/** The loader for the Worker at `NEXT_PUBLIC_EASEL_URL`, which Next.js inlines; without it, for the page's own origin. */
const loader: Loader = createLoader(process.env.NEXT_PUBLIC_EASEL_URL ?? '')

export default loader
