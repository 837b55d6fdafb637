/** How models are called by those who make them: without the author that OpenRouter puts before. */
const AUTHORS: readonly (readonly [slug: RegExp, author: string])[] = [
  [/^(gpt-|dall-e|chatgpt-)/, 'openai'],
  [/^(gemini-|imagen-|nano-banana)/, 'google'],
  [/^flux/, 'black-forest-labs'],
  [/^seedream/, 'bytedance-seed'],
  [/^recraft-/, 'recraft'],
  [/^riverflow/, 'sourceful'],
  [/^grok-/, 'x-ai'],
]

/** `openai/gpt-image-1` for `gpt-image-1`; `undefined` for a name that says nothing of its author. */
export function withAuthor(model: string): string | undefined {
  const slug = model.trim().toLowerCase()
  const author = AUTHORS.find(([pattern]) => pattern.test(slug))?.[1]
  return author && /^[\w.:-]+$/.test(slug) ? `${author}/${slug}` : undefined
}
