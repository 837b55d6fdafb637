import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bearer, CREDENTIALS, TOKENS } from '../../support/worker/easel.ts'
import { type ObservedEasel, startObservedEasel } from '../../support/worker/observed-easel.ts'
import { listEntry, type SeededImage, seedList } from '../../support/worker/seed-list.ts'

interface Page {
  readonly images: readonly {
    readonly fingerprint: string
    readonly prompt: string
    readonly model: string
    readonly created: string
    readonly [field: string]: unknown
  }[]
  readonly cursor?: string
}

const COUNT = 450
const FLUX = 'black-forest-labs/flux.2-pro'
const GEMINI = 'google/gemini-3.1-flash-image'

/** Every second image is of another model; one in a hundred shows a fox; one is a needle, and the oldest of all. */
const SEED: readonly SeededImage[] = Array.from({ length: COUNT }, (_, n) => ({
  n,
  prompt: n === 0 ? 'A needle' : n % 100 === 0 ? `A red Fox number ${n}` : `A lighthouse ${n}`,
  model: n % 2 === 0 ? GEMINI : FLUX,
}))

let easel: ObservedEasel

beforeAll(async () => {
  easel = await startObservedEasel({ vars: CREDENTIALS })
  await seedList(easel, SEED)
})

afterAll(() => easel.close())

async function list(query: string): Promise<Page> {
  const response = await easel.get(`/v1/images?${query}`, bearer(TOKENS.docs))
  expect(response.status).toBe(200)
  return (await response.json()) as Page
}

/** What a page of the list reads from R2. */
async function operations(query: string): Promise<{ readonly lists: number; readonly reads: number }> {
  const before = await easel.counts()
  await list(query)
  const { lists, reads } = await easel.counts()
  return { lists: lists - before.lists, reads: reads.length - before.reads.length }
}

/** All pages of a list. */
async function pages(query: string): Promise<Page[]> {
  const found = [await list(query)]
  for (let cursor = found[0]?.cursor; cursor !== undefined; cursor = found.at(-1)?.cursor) {
    found.push(await list(`${query}&cursor=${encodeURIComponent(cursor)}`))
  }
  return found
}

describe('a long list of images', () => {
  it('comes newest first, a page at a time, with nothing twice and nothing left out', async () => {
    const found = await pages('limit=100')
    const prompts = found.flatMap(({ images }) => images.map(({ prompt }) => prompt))
    expect(found).toHaveLength(Math.ceil(COUNT / 100))
    expect(prompts).toEqual(SEED.map(({ prompt }) => prompt).toReversed())
  })

  it('stays in place while images are added and purged', async () => {
    const first = await list('limit=3')
    const last = first.images.at(-1)?.fingerprint
    await seedList(easel, [{ n: COUNT, prompt: 'Newer', model: FLUX }])
    await easel.bucket.delete(listEntry(COUNT - 3).key)
    const second = await list(`limit=2&cursor=${first.cursor}`)

    expect(last).toBe(listEntry(COUNT - 3).fingerprint)
    expect(second.images.map(({ prompt }) => prompt)).toEqual(
      [COUNT - 4, COUNT - 5].map((n) => SEED[n]?.prompt),
    )
    await seedList(easel, SEED.slice(-3))
    await easel.bucket.delete(listEntry(COUNT).key)
  })

  it('is filtered by model and by words of the prompt, in any case', async () => {
    const found = (await pages(`q=fox+RED&model=${GEMINI}`)).flatMap(({ images }) => images)
    expect(found.map(({ prompt }) => prompt)).toEqual(
      [400, 300, 200, 100].map((n) => `A red Fox number ${n}`),
    )
    expect((await pages(`q=fox&model=${FLUX}`)).flatMap(({ images }) => images)).toEqual([])
  })

  it('gives up a search after a bounded number of entries, with a cursor to go on', async () => {
    const found = await pages('q=needle')
    expect(found.map(({ images }) => images.length)).toEqual([0, 1])
    expect(found[0]?.cursor).toBeDefined()
  })

  it('costs one R2 operation for a page, and four at most where it is filtered', async () => {
    expect(await operations('limit=100')).toEqual({ lists: 1, reads: 0 })
    expect(await operations('q=needle')).toEqual({ lists: 4, reads: 0 })
  })

  it.each([
    ['cursor=garbage', 'cursor', /not from a page of this list/],
    ['cursor=99999999999999%2F..%2F..', 'cursor', /not from a page/],
    ['cursor=', 'cursor', /not from a page/],
    ['limit=0', 'limit', /from 1 to 100/],
    ['limit=101', 'limit', /from 1 to 100/],
    ['limit=ten', 'limit', /from 1 to 100/],
    ['limit=1&limit=2', 'limit', /given once/],
    [`q=${'x'.repeat(201)}`, 'q', /at most 200 characters/],
    ['model=', 'model', /must be the id of a model/],
    ['page=2', 'page', /not a parameter/],
  ])('refuses %s with 400, naming the parameter', async (query, field, sentence) => {
    const response = await easel.get(`/v1/images?${query}`, bearer(TOKENS.docs))
    expect(response.status).toBe(400)
    const problem = (await response.json()) as { code: string; field: string; detail: string }
    expect(problem).toMatchObject({ code: 'invalid_spec', field })
    expect(problem.detail).toMatch(sentence)
  })
})

describe('an image that was generated', () => {
  it('is listed with its prompt, cost and size, also when only a chat request can express it', async () => {
    const headers = bearer(TOKENS.docs)
    const spec = { prompt: 'Ein Leuchtturm in der Dämmerung 🌅', model: GEMINI }
    expect((await easel.post('/v1/images', spec, headers)).status).toBe(200)
    const messages = [
      { role: 'user', content: 'Draw a boat' },
      { role: 'user', content: 'and an oar' },
    ]
    const chat = { model: GEMINI, modalities: ['image', 'text'], messages, temperature: 0.5 }
    expect((await easel.post('/api/v1/chat/completions', chat, headers)).status).toBe(200)
    const [talk, image] = (await list('limit=2')).images

    expect(talk?.prompt).toMatch(/Draw a boat\s+and an oar/)
    expect(image).toEqual({
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      url: new URL(`/i/${image?.fingerprint}.png`, easel.url).href,
      prompt: spec.prompt,
      model: GEMINI,
      cost_usd: expect.any(Number),
      created: expect.stringMatching(/Z$/),
      width: expect.any(Number),
      height: expect.any(Number),
      bytes: expect.any(Number),
      media_type: 'image/png',
    })
    const manifest = await easel.get(`/v1/images/${image?.fingerprint}`)
    expect(await manifest.json()).toMatchObject({
      cost_usd: image?.['cost_usd'],
      created: image?.created,
      images: [{ width: image?.['width'], height: image?.['height'], bytes: image?.['bytes'] }],
    })
  })

  it('is listed with the start of a long prompt, cut between characters', async () => {
    const prompt = `${'🌅'.repeat(1000)} the end`
    await easel.post('/v1/images', { prompt, model: GEMINI }, bearer(TOKENS.docs))
    const [image] = (await list('limit=1')).images
    expect(image?.prompt).toBe('🌅'.repeat(375))
  })
})
