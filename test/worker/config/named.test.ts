import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadConfig } from '../../../action/plan/load-config.ts'
import { offlineCatalogue } from '../../../action/config/catalogues.ts'
import { compileConfig } from '../../../scripts/edge-config/compile.ts'
import { type ConfiguredEasel, startConfiguredEasel } from '../../support/worker/configured-easel.ts'
import { bearer, CREDENTIALS, startEasel, TOKENS } from '../../support/worker/easel.ts'

const YAML = `
version: 1
defaults: { model: google/gemini-3-pro-image }
presets:
  line-art: { prompt: "{prompt}. Single-weight line art.", aspect_ratio: "16:9" }
  branded: { prompt: "{prompt}, with our logo", input_images: [logo.png] }
images:
  - { path: docs/img/hero.png, id: hero, prompt: A lighthouse at dusk, preset: line-art }
  - { path: docs/img/photo.jpg, id: photo, prompt: A harbour }
  - { path: docs/img/badge.webp, prompt: A badge, model: openai/gpt-image-1 }
  - { path: docs/img/team.png, id: team, prompt: A team, preset: branded }
`
const TOKEN = bearer(TOKENS.docs)

let easel: ConfiguredEasel
let logo: Buffer

beforeAll(async () => {
  logo = await sharp({ create: { width: 64, height: 64, channels: 3, background: 'teal' } })
    .png()
    .toBuffer()
  easel = await startConfiguredEasel(
    { 'easel.yml': YAML, 'logo.png': logo },
    { ...CREDENTIALS, EASEL_ACCESS: 'listed' },
  )
})

afterAll(() => easel.close())

describe('a listed image', () => {
  it('has the fingerprint that the Action gives it', async () => {
    const action = await loadConfig({ root: easel.folder, path: 'easel.yml', catalogue: offlineCatalogue() })
    expect(easel.compiled.images.map(({ path, fingerprint }) => [path, fingerprint])).toEqual(
      action.images.map(({ path, fingerprint }) => [path, fingerprint]),
    )
  })

  it('is generated once without a credential, by its path, its id or its prompt', async () => {
    const byPath = await easel.get('/named/docs/img/hero.png')
    const byId = await easel.get('/named/hero')
    const byWords = await easel.get('/image?prompt=A+lighthouse+at+dusk&preset=line-art')

    expect([byPath, byId, byWords].map(({ status }) => status)).toEqual([200, 200, 200])
    expect(byPath.headers.get('content-location')).toContain(easel.compiled.images[0]?.fingerprint)
    expect([byId, byWords].map(({ headers }) => headers.get('cache-status'))).toEqual([
      'Easel; hit',
      'Easel; hit',
    ])
    expect(new Set([byPath, byId, byWords].map(({ headers }) => headers.get('etag'))).size).toBe(1)
    expect(easel.generations('A lighthouse at dusk. Single-weight line art.')).toHaveLength(1)
  })

  it('is requested in a format that its model has, whatever its path ends in', async () => {
    expect((await easel.get('/named/photo')).status).toBe(200)
    expect(easel.generations('A harbour')[0]?.body).not.toHaveProperty('image_config.output_format')
    const badge = await easel.get('/named/docs/img/badge.webp')
    expect(badge.headers.get('content-type')).toBe('image/webp')
  })

  it('that starts from a file is not generated here, but served once the Action has generated it', async () => {
    const missing = await easel.get('/named/team', TOKEN)
    expect(missing.status).toBe(404)
    expect(await missing.json()).toMatchObject({
      code: 'not_found',
      detail: expect.stringMatching(/logo\.png/),
    })

    const input = `data:image/png;base64,${logo.toString('base64')}`
    const { sent } = easel.compiled.images[3] ?? {}
    const generated = await easel.post('/v1/images', { ...sent, input_images: [input] }, TOKEN)
    expect(generated.status).toBe(200)
    expect((await easel.get('/named/team')).status).toBe(200)
    expect(easel.generations('A team')).toHaveLength(1)
  })

  it('is delivered like any other', async () => {
    const hero = await easel.get('/named/hero')
    const again = await easel.get('/named/hero', {
      headers: { 'If-None-Match': hero.headers.get('etag') ?? '' },
    })
    const wrong = await easel.get('/named/hero?prompt=Another')
    expect([again.status, wrong.status]).toEqual([304, 400])
  })
})

describe('an image that is not listed', () => {
  it('is generated with a credential only', async () => {
    const path = '/image?prompt=Not+in+the+list'
    const refused = await easel.get(path)
    expect(refused.status).toBe(401)
    expect(await refused.json()).toMatchObject({ detail: expect.stringMatching(/not listed/) })
    expect((await easel.get(path, TOKEN)).status).toBe(200)
    expect((await easel.get(path)).status).toBe(200)
    expect(easel.generations('Not in the list')).toHaveLength(1)
  })

  it('is not found by a name', async () => {
    expect((await easel.get('/named/nobody')).status).toBe(404)
    expect((await easel.get('/named/__proto__')).status).toBe(404)
  })
})

describe('a preset', () => {
  it('fills in what a URL and a spec leave out, over the defaults', async () => {
    const preview = await easel.get('/image?prompt=A+fox&preset=line-art&aspect_ratio=1:1', TOKEN)
    const model = 'google/gemini-3-pro-image'
    const spec = { prompt: 'A fox. Single-weight line art.', aspect_ratio: '1:1', model }
    const whole = await easel.post('/v1/images', spec, TOKEN)

    expect(preview.headers.get('content-location')).toContain(
      ((await whole.json()) as { fingerprint: string }).fingerprint,
    )
    expect(easel.generations('A fox')).toHaveLength(1)
  })

  it('that starts from a file, or does not exist, is refused with a way out', async () => {
    const file = await easel.get('/image?prompt=x&preset=branded', TOKEN)
    expect(await file.json()).toMatchObject({
      field: 'input_images[0]',
      detail: expect.stringMatching(/https URL/),
    })
    const unknown = await easel.get('/image?prompt=x&preset=nothing', TOKEN)
    expect(await unknown.json()).toMatchObject({ field: 'preset', accepts: ['line-art', 'branded'] })
    expect([file.status, unknown.status]).toEqual([400, 400])
  })
})

describe('a Worker without an easel.yml', () => {
  it('is misconfigured with EASEL_ACCESS=listed', async () => {
    const nothing = await startEasel({ vars: { ...CREDENTIALS, EASEL_ACCESS: 'listed' } })
    const response = await nothing.get('/image?prompt=x')
    await nothing.close()
    expect(await response.json()).toMatchObject({
      code: 'misconfigured',
      detail: expect.stringMatching(/no easel\.yml/),
    })
  })
})

describe('an easel.yml with a mistake', () => {
  it('fails the build, with its line and column', async () => {
    const file = join(easel.folder, 'wrong.yml')
    await writeFile(file, 'version: 1\nimages:\n  - { path: a.png, prompt: A fox, aspect_ratio: "7x5" }\n')
    await expect(compileConfig(file, () => {})).rejects.toThrow(/wrong\.yml:3:\d+: error: .*7x5/)
  })
})
