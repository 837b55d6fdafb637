import { describe, expect, it } from 'vitest'
import { fingerprint, isFingerprint } from '../../shared/fingerprint.ts'
import { resolveSpec, parseSpecInput } from '../../shared/spec/parse.ts'
import vectors from '../fingerprints.json' with { type: 'json' }

describe('the fingerprint', () => {
  it.each(vectors)('of $name never changes', async ({ spec, fingerprint: expected }) => {
    expect(await fingerprint(resolveSpec(parseSpecInput(spec)))).toBe(expected)
  })

  it('can be reproduced with SHA-256 and canonical JSON', async () => {
    const canonical = '{"model":"google/gemini-3.1-flash-image","prompt":"A lighthouse at dusk"}'
    const digest = await crypto.subtle.digest(
      'SHA-256',
      new TextEncoder().encode(`easel-spec-v1\n${canonical}`),
    )
    const spec = resolveSpec({ prompt: 'A lighthouse at dusk', model: 'google/gemini-3.1-flash-image' })

    expect(await fingerprint(spec)).toBe(Buffer.from(digest).toString('hex'))
  })

  it('accepts an image by its hash', async () => {
    const bytes = Uint8Array.of(0x89, 0x50, 0x4e, 0x47)
    const hash = Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('hex')
    const base = { prompt: 'x', model: 'a/b' }

    expect(await fingerprint({ ...base, input_images: [`sha256:${hash}`] })).toBe(
      await fingerprint({
        ...base,
        input_images: [`data:image/png;base64,${Buffer.from(bytes).toString('base64')}`],
      }),
    )
  })

  it('hashes a prompt as text, even one that looks like a data: URL', async () => {
    const model = 'a/b'
    const first = await fingerprint({ prompt: 'data:text/plain;base64,QQ==', model })
    const second = await fingerprint({ prompt: 'data:text/plain,A', model })
    expect(first).not.toBe(second)
    expect(isFingerprint(first)).toBe(true)
  })

  it('refuses a data: URL that cannot be decoded, and names it', async () => {
    const spec = {
      prompt: 'x',
      model: 'a/b',
      input_images: ['https://a.example/b.png', 'data:image/png;base64,%%%'],
    }
    await expect(fingerprint(spec)).rejects.toMatchObject({
      code: 'invalid_spec',
      issues: [{ field: 'input_images[1]', path: ['input_images', 1] }],
    })
  })
})
