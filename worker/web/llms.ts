/** Where the documentation is in Markdown. */
const DOCS = 'https://raw.githubusercontent.com/easel-images/easel/main/docs'

/** What agents should read, by its path in `docs/`. */
const PAGES = [
  ['reference/spec.md', 'every field that describes an image'],
  ['delivery.md', 'sizes, formats and caching of image URLs'],
  ['errors.md', 'every error code, and what to do about it'],
  ['agents.md', 'the MCP server, its tools and how to connect'],
  ['openai.md', 'OpenAI’s images API, for clients that speak it'],
  ['drop-in.md', 'OpenRouter’s API, for clients that speak it'],
  ['easel-yml.md', 'images in a repository: easel.yml'],
  ['markdown.md', 'images in a repository: comments in Markdown'],
] as const

/**
 * `GET /llms.txt`: what this Worker is, for agents that read before they ask.
 *
 * @param origin  of the Worker
 * @see https://llmstxt.org
 */
export function llmsText(origin: string): string {
  const links = PAGES.map(([path, what]) => `- [${path}](${DOCS}/${path}): ${what}`)
  return `# Easel

> Turns prompts into permanent image URLs. An image is generated and paid for once; every later request for the same description is free.

- Put a prompt in a URL: ${origin}/image?prompt=A+lighthouse+at+dusk. The other fields of a spec are further parameters: model, aspect_ratio, image_size, seed, …
- Or POST a spec as JSON to ${origin}/v1/images; the response has the permanent URL, ${origin}/i/<fingerprint>.<ext>.
- Generating may need a token (Authorization: Bearer) or a signed URL. Each generation costs money: change words only if you want another image.
- Agents connect to ${origin}/mcp (Model Context Protocol, streamable HTTP).
- Models and prices: ${origin}/v1/models. OpenAPI: ${origin}/openapi.json.

## Docs

${links.join('\n')}
`
}
