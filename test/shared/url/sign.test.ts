import { expect, it } from 'vitest'
import { imageUrl } from '../../../shared/url/index.ts'
import { MAX_EXPIRES_IN_SECONDS, signUrl } from '../../../shared/url/sign.ts'
import { verifyUrl } from '../../../shared/url-signature.ts'

const KEY = { kid: 'k1', secret: 'signing-secret-0123456789' }
const FOX = imageUrl('https://img.example.com', { prompt: 'A fox' }, { w: 640 })

it('signs a URL that the Worker accepts until it expires', async () => {
  const before = Date.now()
  const signed = new URL(await signUrl(FOX, { ...KEY, expiresIn: 60 }))

  expect(signed.href.startsWith(`${FOX}&`)).toBe(true)
  expect(await verifyUrl(signed, [KEY], before)).toEqual(KEY)
  await expect(verifyUrl(signed, [KEY], Date.now() + 61_000)).rejects.toThrow('expired')
})

it('signs for a week unless it is told otherwise, and replaces a signature', async () => {
  const once = await signUrl(FOX, { ...KEY, expiresIn: 60 })
  const twice = new URL(await signUrl(new URL(once), KEY))
  const days = (Number(twice.searchParams.get('exp')) - Date.now() / 1000) / 86_400

  expect(days).toBeCloseTo(7, 2)
  expect(twice.searchParams.getAll('sig')).toHaveLength(1)
  expect(await verifyUrl(twice, [KEY], Date.now())).toEqual(KEY)
})

it.each([0, -1, Number.NaN, MAX_EXPIRES_IN_SECONDS + 1])(
  'refuses to sign for %d seconds',
  async (expiresIn) => {
    await expect(signUrl(FOX, { ...KEY, expiresIn })).rejects.toThrow(RangeError)
  },
)

it.each([
  'https://img.example.com/',
  'https://img.example.com/v1/images',
  'https://img.example.com/i/fox.png',
])('refuses to sign %s, which serves no image', async (url) => {
  await expect(signUrl(url, KEY)).rejects.toThrow('serves no image')
})

it('refuses a relative URL, whose host is not known', async () => {
  await expect(signUrl('/image?prompt=A+fox', KEY)).rejects.toThrow(TypeError)
})
