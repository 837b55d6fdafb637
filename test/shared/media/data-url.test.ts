import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDataUrl } from '../../../shared/media/data-url.ts'

describe('a data: URL', () => {
  it('gives back what was put in', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const url = `data:image/png;base64,${Buffer.from(bytes).toString('base64')}`
        expect(parseDataUrl(url)).toEqual({ mediaType: 'image/png', bytes: new Uint8Array(bytes) })
      }),
    )
  })

  it.each([
    ['data:,A%20B', 'text/plain', 'A B'],
    ['data:image/svg+xml,%3Csvg%3E\u00e9', 'image/svg+xml', '<svg>é'],
    ['data:image/svg+xml;charset=utf-8,<svg>', 'image/svg+xml', '<svg>'],
    ['DATA:Image/PNG;BASE64,QUJD', 'image/png', 'ABC'],
    ['data:image/png;name=a;base64,QUI', 'image/png', 'AB'],
    ['data:image/png; base64,QU JD\n', 'image/png', 'ABC'],
    ['data:;base64,QUI%3D', 'text/plain', 'AB'],
    ['data:image/png;base64,', 'image/png', ''],
  ])('%s', (url, mediaType, text) => {
    const data = parseDataUrl(url)
    expect(data?.mediaType).toBe(mediaType)
    expect(Buffer.from(data?.bytes ?? []).toString()).toBe(text)
  })

  it.each([
    'https://example.com/a.png',
    'data:image/png;base64',
    'data:image/png;base64,****',
    'data:image/png;base64,QUJDR',
    'data:image/png;base64,Q=JD',
    'data:text/plain,%ZZ',
    'data:text/plain,%ff',
  ])('is not %s', (url) => {
    expect(parseDataUrl(url)).toBeUndefined()
  })
})
