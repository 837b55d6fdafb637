import { it } from 'vitest'
import { startEasel } from '../../support/worker/easel.ts'
it('probe', async () => {
  const easel = await startEasel({ vars: { EASEL_TIMEOUT_SECONDS: '10' } })
  easel.upstream.setFaults([{ cutAtByte: 0, match: 'Cut ' }])
  for (const model of ['google/gemini-3.1-flash-image', 'openai/gpt-image-2'])
    for (const [path, api] of [['/openai/v1/images/generations', ''], ['/v1/images', 'chat'], ['/v1/images', 'images']]) {
      const start = Date.now()
      const prompt = `Cut ${model} ${path} ${api}`
      const r = await easel.post(String(path), { model, prompt, ...(api && { api }) })
      console.log(model, path, api, r.status, (await r.text()).slice(0, 300), Date.now() - start, easel.generations(prompt).map(({ body }) => JSON.stringify(body).slice(0, 100)))
    }
  await easel.close()
}, 100_000)
