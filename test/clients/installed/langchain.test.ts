import { imageSize } from 'image-size'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningEasel, startEasel } from '../../support/worker/easel.ts'
import { importInstalled } from './packages.ts'

const langChain = await importInstalled('works with @langchain/openai', () => import('@langchain/openai'))

if (langChain) {
  const { DallEAPIWrapper } = langChain
  let easel: RunningEasel

  beforeAll(async () => {
    easel = await startEasel()
  })

  afterAll(() => easel.close())

  const tool = (fields: object) =>
    new DallEAPIWrapper({
      apiKey: 'any-key',
      baseUrl: new URL('/openai/v1', easel.url).href,
      model: 'gpt-image-2',
      ...fields,
    })

  describe('@langchain/openai', () => {
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
}
