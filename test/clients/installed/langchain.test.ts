import { imageSize } from 'image-size'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningEasel, startEasel } from '../../support/worker/easel.ts'
import { CLIENTS_INSTALLED, NEEDS_CLIENTS } from './packages.ts'

describe.skipIf(!CLIENTS_INSTALLED)(`LangChain (${NEEDS_CLIENTS})`, () => {
  let langChain: typeof import('@langchain/openai')
  let easel: RunningEasel

  beforeAll(async () => {
    langChain = await import('@langchain/openai')
    easel = await startEasel()
  })

  afterAll(() => easel.close())

  const tool = (fields: object) =>
    new langChain.DallEAPIWrapper({
      apiKey: 'any-key',
      baseUrl: new URL('/openai/v1', easel.url).href,
      model: 'gpt-image-2',
      ...fields,
    })

  it('gets a permanent address by default', async () => {
    const url = String(await tool({}).invoke('A chained fox'))
    const response = await fetch(url)
    expect(url).toMatch(/\/i\/[0-9a-f]{64}\.png$/)
    expect(imageSize(new Uint8Array(await response.arrayBuffer()))).toMatchObject({
      width: 1024,
      height: 1024,
    })
  })

  it('gets base64 on request, from the same generation', async () => {
    const base64 = String(await tool({ dallEResponseFormat: 'b64_json' }).invoke('A chained fox'))
    expect(imageSize(Buffer.from(base64, 'base64'))).toMatchObject({ width: 1024, height: 1024 })
    expect(easel.generations('A chained fox')).toHaveLength(1)
  })
})
