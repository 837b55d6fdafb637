import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createLoader } from '../../integrations/next/loader.ts'
import provider from '../../integrations/nuxt/provider.ts'
import { createTransformer, transform } from '../../integrations/unpic/transform.ts'
import { type RunningEasel, startEasel } from '../support/worker/easel.ts'
import { isInstalled, load, NEEDS } from './framework.ts'

let easel: RunningEasel
let base: string

beforeAll(async () => {
  easel = await startEasel()
  base = easel.url.origin
})

afterAll(() => easel.close())

describe.skipIf(!isInstalled('next'))(`Next.js ${NEEDS}`, () => {
  interface Props {
    readonly props: { readonly src: string; readonly srcSet: string }
  }
  const propsOf = async (options: object) => {
    const { getImageProps } = await load<{ getImageProps(options: object): Props }>('next/image')
    return getImageProps({ alt: 'A lighthouse', width: 1200, height: 675, sizes: '100vw', ...options }).props
  }

  it('gets a srcset of prompts, every URL of which answers 200, and one image is paid for', async () => {
    const { src, srcSet } = await propsOf({ src: 'A lighthouse for Next', loader: createLoader(base) })
    const urls = urlsIn(srcSet)

    expect(urls.length).toBeGreaterThan(5)
    expect(await statuses([...urls, src])).toEqual(new Set([200]))
    expect(easel.generations('A lighthouse for Next')).toHaveLength(1)
  })

  it('gets a srcset of a stored image, in the ratio that was asked for', async () => {
    const path = await generated('A stored lighthouse for Next')
    const { srcSet } = await propsOf({
      src: path,
      quality: 75,
      loader: createLoader(base, { fit: 'contain' }),
    })

    expect(await statuses(urlsIn(srcSet))).toEqual(new Set([200]))
    expect(urlsIn(srcSet).every((url) => url.startsWith(`${base}${path}?format=auto&fit=contain&w=`))).toBe(
      true,
    )
  })

  it('gets files of its own as they are', async () => {
    // In development, Next.js warns that a loader leaves out the width.
    vi.stubEnv('NODE_ENV', 'production')
    const { src } = await propsOf({ src: '/logo.png', loader: createLoader(base) })
    vi.unstubAllEnvs()

    expect(src).toBe('/logo.png')
  })

  it('has a default loader for NEXT_PUBLIC_EASEL_URL', async () => {
    vi.stubEnv('NEXT_PUBLIC_EASEL_URL', base)
    vi.resetModules()
    const { default: loader } = await import('../../integrations/next/loader.ts')
    vi.unstubAllEnvs()
    const { src } = await propsOf({ src: 'A lighthouse for all', loader })

    expect(src).toBe(`${base}/image?prompt=A+lighthouse+for+all&format=auto&w=3840`)
  })
})

describe.skipIf(!isInstalled('@nuxt/image'))(`Nuxt Image ${NEEDS}`, () => {
  interface Img {
    (src: string, modifiers?: object): string
    getSizes(src: string, options: object): { readonly src: string; readonly srcset: string }
  }
  const img = async (): Promise<Img> => {
    const { createImage } = await load<{ createImage(options: object): Img }>(
      '@nuxt/image',
      'runtime/image.js',
    )
    const easelProvider = { setup: provider, defaults: { baseURL: base } }
    const screens = { md: 768, lg: 1024 }
    const nothing = { presets: {}, alias: {}, domains: [] }
    return createImage({
      ...nothing,
      provider: 'easel',
      providers: { easel: easelProvider },
      densities: [1, 2],
      screens,
    })
  }

  it('gets sizes of a prompt with fields of a spec, every URL of which answers 200', async () => {
    const modifiers = { aspect_ratio: '16:9', width: 600, height: 300, gravity: 'left', quality: 75 }
    const { srcset } = (await img()).getSizes('A lighthouse for Nuxt', {
      sizes: 'md:600px lg:900px',
      modifiers,
    })

    expect(await statuses(urlsIn(srcset))).toEqual(new Set([200]))
    expect(urlsIn(srcset)[0]).toContain(
      '?prompt=A+lighthouse+for+Nuxt&aspect_ratio=16%3A9&format=auto&w=600&h=300&gravity=left&q=75',
    )
    expect(easel.generations('A lighthouse for Nuxt')).toHaveLength(1)
  })

  it('gets stored images in every size, and its own files as they are', async () => {
    const path = await generated('A stored lighthouse for Nuxt')
    const $img = await img()

    expect($img(path, { width: 320, fit: 'inside' })).toBe(`${base}${path}?format=auto&w=320&fit=contain`)
    expect($img('/logo.png', { width: 320 })).toBe('/logo.png')
  })
})

describe.skipIf(!isInstalled('@unpic/core'))(`unpic ${NEEDS}`, () => {
  interface Core {
    transformBaseImageProps(props: object): { readonly src: string; readonly srcset: string }
  }

  it('gets a srcset of a prompt in the ratio of its component, every URL of which answers 200', async () => {
    const { transformBaseImageProps } = await load<Core>('@unpic/core/base')
    const { src, srcset } = transformBaseImageProps({
      transformer: createTransformer(base),
      src: 'A lighthouse for unpic',
      layout: 'constrained',
      width: 800,
      height: 450,
    })
    const ratios = urlsIn(srcset).map((url) => {
      const { searchParams } = new URL(url)
      return Number(searchParams.get('w')) / Number(searchParams.get('h'))
    })

    expect(await statuses([...urlsIn(srcset), src])).toEqual(new Set([200]))
    for (const ratio of ratios) expect(ratio).toBeCloseTo(800 / 450, 1)
    expect(easel.generations('A lighthouse for unpic')).toHaveLength(1)
  })
})

describe('unpic’s transformer', () => {
  it.each([
    [{ width: 640, height: '360', format: 'jpg' }, 'format=jpeg&w=640&h=360'],
    [{ width: 640.4, quality: 75, format: 'gif' }, 'format=auto&w=640&q=75'],
    [{ width: 9000, fit: 'fill', gravity: 'nowhere' }, 'format=auto&w=8192&fit=cover'],
    [{}, 'format=auto'],
  ])('writes %o so that the Worker accepts it', (operations, query) => {
    expect(transform('A fox', operations, { base: 'https://img.example.com' })).toBe(
      `https://img.example.com/image?prompt=A+fox&${query}`,
    )
  })
})

async function generated(prompt: string): Promise<string> {
  const { headers } = await easel.get(`/image?prompt=${encodeURIComponent(prompt)}`)
  return headers.get('content-location') ?? ''
}

function urlsIn(srcset: string): string[] {
  return srcset.split(', ').map((candidate) => candidate.split(' ')[0] ?? '')
}

async function statuses(urls: readonly string[]): Promise<ReadonlySet<number>> {
  const responses = await Promise.all(urls.map((url) => fetch(url)))
  await Promise.all(responses.map((response) => response.arrayBuffer()))
  return new Set(responses.map(({ status }) => status))
}
