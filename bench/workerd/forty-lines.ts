// What a user might write instead of Easel over a lunch break. It works, and holds everything in memory: as text, as
// JSON, as characters and as bytes.

import { DEFAULT_MODEL } from '../../shared/default-model.ts'

interface Env {
  readonly BUCKET: R2Bucket
  readonly OPENROUTER_BASE_URL: string
  readonly OPENROUTER_API_KEY: string
}

interface ChatResponse {
  readonly choices: readonly [
    { readonly message: { readonly images: readonly [{ readonly image_url: { readonly url: string } }] } },
  ]
}

export default {
  async fetch(request, env) {
    const prompt = new URL(request.url).searchParams.get('prompt')
    if (!prompt) return new Response('prompt is missing', { status: 400 })
    const cached = await env.BUCKET.get(prompt)
    if (cached) return new Response(cached.body, { headers: { 'Content-Type': 'image/png' } })
    const response = await fetch(`${env.OPENROUTER_BASE_URL}/chat/completions`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${env.OPENROUTER_API_KEY}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({
        model: DEFAULT_MODEL,
        messages: [{ role: 'user', content: prompt }],
        modalities: ['image', 'text'],
      }),
    })
    if (!response.ok) return new Response('no image', { status: 502 })
    const { choices } = JSON.parse(await response.text()) as ChatResponse
    const { url } = choices[0].message.images[0].image_url
    const bytes = Uint8Array.from(atob(url.slice(url.indexOf(',') + 1)), (character) =>
      character.charCodeAt(0),
    )
    await env.BUCKET.put(prompt, bytes, { httpMetadata: { contentType: 'image/png' } })
    return new Response(bytes, { headers: { 'Content-Type': 'image/png' } })
  },
} satisfies ExportedHandler<Env>
