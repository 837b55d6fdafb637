import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { signUntil, verifyUrl } from '../../shared/url-signature.ts'
import vectors from '../signatures.json' with { type: 'json' }

// test/signatures.json never changes: URLs that are signed today must stay valid.

describe('a signature', () => {
  it.each(vectors)('of $name is what test/signatures.json says', async (vector) => {
    const { kid, secret, url, expires, signed, sig } = vector
    const result = await signUntil(new URL(url), { kid, secret }, new Date(expires * 1000))

    expect(createHmac('sha256', secret).update(signed).digest('base64url')).toBe(sig)
    expect(result.searchParams.get('sig')).toBe(sig)
    expect(await verifyUrl(result, [{ kid, secret }], 0)).toEqual({ kid, secret })
    await expect(verifyUrl(result, [{ kid, secret }], expires * 1000)).rejects.toThrow('expired')
  })

  it('replaces the one that a URL has', async () => {
    const key = { kid: 'k1', secret: 'signing-secret-0123456789' }
    const expires = new Date(1_893_456_000_000)
    const once = await signUntil(new URL('https://img.example.com/image?prompt=fox'), key, new Date(0))

    expect((await signUntil(once, key, expires)).href).toBe(
      (await signUntil(new URL('https://img.example.com/image?prompt=fox'), key, expires)).href,
    )
  })

  it('has one spelling', async () => {
    const key = { kid: 'k1', secret: 'signing-secret-0123456789' }
    const url = await signUntil(new URL('https://img.example.com/image?prompt=fox'), key, new Date(1e12))
    const sig = url.searchParams.get('sig') ?? ''
    const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    // The last digit holds two bits that no byte needs.
    const same = digits[digits.indexOf(sig.at(-1) ?? '') + 1] ?? ''
    url.searchParams.set('sig', sig.slice(0, -1) + same)

    expect(Buffer.from(sig.slice(0, -1) + same, 'base64url')).toEqual(Buffer.from(sig, 'base64url'))
    await expect(verifyUrl(url, [key], 0)).rejects.toThrow('malformed')
  })
})
