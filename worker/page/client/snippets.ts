import { imageUrl, srcSet } from '../../../shared/url/image-url.ts'
import { specToQuery } from '../../../shared/url/spec-query.ts'
import type { Generation } from './api.ts'
import { config } from './config.ts'
import { textOf } from './text.ts'

type Spec = Readonly<Record<string, unknown>>

/** Something to paste. */
export interface Snippet {
  readonly id: string
  readonly label: string
  readonly text: string
}

/** Everything that a page, a document or a program may want of an image. */
export function snippetsOf(generation: Generation, spec: Spec): readonly Snippet[] {
  const prompt = textOf(spec['prompt'], generation.prompt)
  const { url } = generation
  return [
    { id: 'url', label: 'URL', text: url },
    { id: 'img', label: '<img>', text: imgTag(generation, prompt) },
    { id: 'markdown', label: 'Markdown', text: `![${prompt.replaceAll(/[\n[\]]+/g, ' ')}](${url})` },
    { id: 'easel-yml', label: 'easel.yml', text: yamlEntry(spec, generation) },
    { id: 'curl', label: 'curl', text: curl(spec) },
    { id: 'openai', label: 'openai', text: openAi(spec) },
  ]
}

/** The URL that names the image by its words; `undefined` for a spec that doesn't fit into one. */
export function promptUrl(spec: Spec): string | undefined {
  const query = queryOf(spec)
  return query && new URL(`/image?${query.toString()}`, location.href).href
}

/** The spec as a query; `undefined` when a field doesn't fit into one, as an attached file doesn't. */
export function queryOf(spec: Spec): URLSearchParams | undefined {
  if (JSON.stringify(spec['input_images'] ?? []).includes('"data:')) return undefined
  try {
    return specToQuery(spec)
  } catch {
    return undefined
  }
}

function imgTag({ url, images: [image] }: Generation, alt: string): string {
  if (!image || image.media_type === 'image/svg+xml') return `<img src="${url}" alt="${escapeHtml(alt)}">`
  const { width, height } = image
  // A signature is for one URL, and so for one size.
  if (config.mode === 'private')
    return `<img\n  src="${escapeHtml(url)}"\n  width="${width}" height="${height}" loading="lazy"\n  alt="${escapeHtml(alt)}"\n>`
  const widths = [...config.widths.filter((one) => one < width), width]
  const candidates = srcSet(location.origin, url, { widths, format: 'auto' }).replaceAll(', ', ',\n    ')
  return [
    '<img',
    `  src="${escapeHtml(imageUrl(location.origin, url, { format: 'auto' }))}"`,
    `  srcset="\n    ${escapeHtml(candidates)}"`,
    '  sizes="100vw"',
    `  width="${width}" height="${height}" loading="lazy"`,
    `  alt="${escapeHtml(alt)}"`,
    '>',
  ].join('\n')
}

/** Strings as JSON, which YAML reads as well. */
function yamlEntry(spec: Spec, { fingerprint, images }: Generation): string {
  const extension = images[0]?.media_type.replace(/^image\/(svg)?(\+xml)?/, '$1').replace('jpeg', 'jpg')
  const fields = Object.entries(spec).map(
    ([name, value]) => `    ${name}: ${JSON.stringify(withoutData(value))}`,
  )
  return [
    'version: 1',
    'images:',
    `  - path: docs/img/${fingerprint.slice(0, 8)}.${extension ?? 'png'}`,
    ...fields,
    `    alt: ${JSON.stringify(textOf(spec['prompt']))}`,
  ].join('\n')
}

function curl(spec: Spec): string {
  const body = JSON.stringify(withoutDataImages(spec), null, 2).replaceAll("'", String.raw`'\''`)
  return [
    `curl ${location.origin}/v1/images \\`,
    ...(config.mode === 'open' ? [] : ['  -H "Authorization: Bearer $EASEL_TOKEN" \\']),
    "  -H 'Content-Type: application/json' \\",
    `  -d '${body}'`,
  ].join('\n')
}

function openAi(spec: Spec): string {
  const { model = config.defaultModel, prompt = '', n, quality, background, output_format, size } = spec
  const body = { model, prompt, n, size, quality, background, output_format }
  const lines = Object.entries(body)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `  ${name}: ${JSON.stringify(value)},`)
  return [
    "import OpenAI from 'openai'",
    '',
    'const openai = new OpenAI({',
    `  baseURL: '${location.origin}/openai/v1',`,
    `  apiKey: ${config.mode === 'open' ? "'none'" : 'process.env.EASEL_TOKEN'},`,
    '})',
    'const { data } = await openai.images.generate({',
    ...lines,
    "  response_format: 'url',",
    '})',
    'console.log(data?.[0]?.url)',
  ].join('\n')
}

function withoutDataImages(spec: Spec): Spec {
  return Object.fromEntries(Object.entries(spec).map(([name, value]) => [name, withoutData(value)]))
}

/** An attached file takes megabytes: its place is marked. */
function withoutData(value: unknown): unknown {
  if (!Array.isArray(value)) return value
  return value.map((one: unknown) => (typeof one === 'string' && one.startsWith('data:') ? 'data:…' : one))
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
}
