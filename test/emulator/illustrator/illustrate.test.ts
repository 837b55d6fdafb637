import { imageSize } from 'image-size'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import type { AttachedImage, IllustrationRequest } from '../../../emulator/illustrator/illustrate.ts'
import { illustrate } from '../../../emulator/illustrator/illustrate.ts'

const LIGHTHOUSE = {
  prompt: 'A lighthouse at dusk',
  seed: 'one',
  width: 320,
  height: 240,
  format: 'png',
} as const satisfies IllustrationRequest

async function bytesOf(change: Partial<IllustrationRequest> = {}): Promise<Buffer> {
  return (await illustrate({ ...LIGHTHOUSE, ...change })).bytes
}

describe('the same request', () => {
  it('gives the same bytes', async () => {
    expect((await bytesOf()).equals(await bytesOf())).toBe(true)
  })

  it.each<[string, Partial<IllustrationRequest>]>([
    ['prompt', { prompt: 'A lighthouse at dawn' }],
    ['seed', { seed: 'two' }],
    ['style', { style: 'pixel art' }],
    ['colours', { colours: [[200, 30, 30]] }],
    ['background', { backgroundColour: [10, 200, 10] }],
    ['fonts', { fonts: [{ font_url: 'https://example.com/brush.ttf', text: 'Open Night' }] }],
  ])('but for the %s gives another image', async (_what, change) => {
    expect((await bytesOf()).equals(await bytesOf(change))).toBe(false)
  })
})

describe('a file', () => {
  it.each(['png', 'jpeg', 'webp', 'svg'] as const)(
    'of type %s is what it says, in its pixels',
    async (format) => {
      const { bytes, mediaType, svg } = await illustrate({ ...LIGHTHOUSE, format })

      expect(await sharp(bytes).metadata()).toMatchObject({ format, width: 320, height: 240 })
      expect(mediaType).toBe(format === 'svg' ? 'image/svg+xml' : `image/${format}`)
      expect(svg).toBe(format === 'svg' ? bytes.toString() : undefined)
    },
  )

  it.each(['png', 'webp'] as const)(
    'of type %s is transparent at its corners and solid in its middle, when there is no scene',
    async (format) => {
      const { data, info } = await sharp(await bytesOf({ prompt: 'A fox', format, transparent: true }))
        .raw()
        .toBuffer({ resolveWithObject: true })
      const alphaAt = (x: number, y: number): number | undefined =>
        data[(y * info.width + x) * info.channels + 3]

      expect(info.channels).toBe(4)
      expect(alphaAt(2, 2)).toBe(0)
      expect(alphaAt(info.width - 3, 2)).toBe(0)
      expect(alphaAt(info.width >> 1, Math.floor(info.height * 0.7))).toBe(255)
    },
  )

  it('of type SVG stands alone: well-formed, with its size, without scripts, fonts or links', async () => {
    const svg = await bytesOf({
      prompt: 'A <fox> & "friends" \u0001',
      format: 'svg',
      width: 1344,
      height: 768,
    })

    expect(imageSize(svg)).toMatchObject({ width: 1344, height: 768, type: 'svg' })
    expect((await sharp(svg).metadata()).format).toBe('svg')
    expect(svg.toString()).not.toMatch(/<script|<text|<foreignObject|href="http|\son\w+=/i)
  })

  it.each([
    'sea',
    'mountains',
    'forest',
    'desert',
    'city',
    'meadow',
    'room',
    'space',
    'underwater',
    'abstract',
  ])('shows more than one colour for: %s', async (prompt) => {
    const { channels } = await sharp(await bytesOf({ prompt })).stats()
    expect(Math.max(...channels.map(({ stdev }) => stdev))).toBeGreaterThan(10)
  })
})

describe('attached images', () => {
  it('show in their own colours, as prints and as swatches', async () => {
    const [red, green] = [await plain('#ff0000'), await plain('#00ff00')]
    const large = { width: 1024, height: 1024 }
    const [none, print, swatch] = await Promise.all(
      [{}, { inputs: [red] }, { inputs: [red], references: [green] }].map(async (attached) =>
        countOf(await bytesOf({ ...large, ...attached })),
      ),
    )

    expect(none).toEqual({ red: 0, green: 0 })
    expect(print?.red).toBeGreaterThan(5000)
    expect(print?.green).toBe(0)
    expect(swatch?.red).toBeGreaterThan(5000)
    expect(swatch?.green).toBeGreaterThan(1000)
  })
})

async function plain(background: string): Promise<AttachedImage> {
  const size = { width: 300, height: 200 }
  const bytes = await sharp({ create: { ...size, channels: 3, background } })
    .png()
    .toBuffer()
  return { bytes, ...size }
}

/** Pixels of pure red and pure green. */
async function countOf(bytes: Buffer): Promise<{ readonly red: number; readonly green: number }> {
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true })
  const count = { red: 0, green: 0 }
  for (let at = 0; at < data.length; at += info.channels) {
    const [red = 0, green = 0, blue = 0] = data.subarray(at, at + 3)
    if (red > 245 && green < 10 && blue < 10) count.red += 1
    if (green > 245 && red < 10 && blue < 10) count.green += 1
  }
  return count
}
