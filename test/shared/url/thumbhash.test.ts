import { rgbaToThumbHash } from 'thumbhash'
import { expect, it } from 'vitest'
import sharp from 'sharp'
import { thumbhashToDataUrl } from '../../../shared/url/index.ts'

it('turns a thumbhash into a PNG of about the image’s ratio and colour', async () => {
  const red = Array.from({ length: 60 * 30 }, () => [200, 30, 30, 255]).flat()
  const hash = Buffer.from(rgbaToThumbHash(60, 30, red)).toString('base64')
  const url = thumbhashToDataUrl(hash)
  const png = sharp(Buffer.from(url.slice('data:image/png;base64,'.length), 'base64'))
  const { format, width, height } = await png.metadata()
  const { channels } = await png.stats()

  expect(format).toBe('png')
  expect(width / height).toBeCloseTo(2, 0)
  expect(channels.slice(0, 3).map(({ mean }) => Math.round(mean / 50))).toEqual([4, 1, 1])
})

it('refuses what is not base64', () => {
  expect(() => thumbhashToDataUrl('not base64!')).toThrow()
})
