import type { CallToolResult, ContentBlock } from '@modelcontextprotocol/server'
import * as z from 'zod'
import { InvalidSpecError } from '../../shared/errors.ts'
import { fingerprint as fingerprintOf } from '../../shared/fingerprint.ts'
import { formatUsd } from '../../shared/format.ts'
import { parseSpecInput } from '../../shared/spec/parse.ts'
import { imageSpecInputSchema } from '../../shared/spec/schema.ts'
import { specIssue } from '../../shared/spec/spec-issue.ts'
import { type Manifest, promptOf } from '../gallery/manifest.ts'
import type { Generated } from '../job/jobs.ts'
import { createFlow } from '../routes/find-or-generate.ts'
import { imageAddress } from '../routes/image-address.ts'
import type { CacheOutcome } from '../web/trace.ts'
import { previewOf } from './preview.ts'
import { withProgress } from './progress.ts'
import type { Tool, ToolRequest } from './tool.ts'

const TITLE_MAX_CHARACTERS = 80

/** Generates an image, or finds it, and answers with a link to it: never with its bytes. */
export const generateImage: Tool = {
  name: 'generate_image',
  title: 'Generate an image',
  description:
    'Turns a prompt into an image with a permanent URL. The same arguments always give the same image: the first call generates and costs money, every other one is free. Set `take` for another image of the same prompt. The result links to the image; embed that URL. Ask for `preview` only to look at the image yourself.',
  input: imageSpecInputSchema.extend({
    preview: z
      .boolean()
      .optional()
      .meta({ description: 'Whether the result holds a small copy of the first image, for you to look at.' }),
  }),
  isReadOnly: false,

  async call(args, request, context) {
    const { c, caller, ports } = request
    const { spec: input, wantsPreview } = splitArguments(args)
    const spec = ports.config.resolve(parseSpecInput(input))
    const fingerprint = await fingerprintOf(spec)
    const find = async (cache: CacheOutcome, generated?: Generated) => {
      const stored = generated?.manifest ? undefined : await ports.store.complete(fingerprint)
      await stored?.first.body.cancel()
      const manifest = generated?.manifest ?? stored?.manifest
      return manifest && { manifest, cache }
    }
    const generating = createFlow(ports).findOrGenerate(c, {
      requested: { spec, fingerprint },
      caller,
      find,
      costUsd: (found) => found.manifest.cost_usd,
    })
    const { manifest, cache } = await withProgress(context, `Generating with ${spec.model}`, generating)
    const preview = wantsPreview ? await previewOf(manifest, request) : []
    return resultOf(manifest, cache, preview, request)
  },
}

function splitArguments(args: unknown): { readonly spec: unknown; readonly wantsPreview: boolean } {
  if (typeof args !== 'object' || args === null) return { spec: args, wantsPreview: false }
  const { preview = false, ...spec } = args as { readonly preview?: unknown }
  if (typeof preview === 'boolean') return { spec, wantsPreview: preview }
  throw new InvalidSpecError([specIssue(['preview'], 'preview must be true or false.')])
}

async function resultOf(
  manifest: Manifest,
  cache: CacheOutcome,
  preview: readonly ContentBlock[],
  { c, ports: { settings } }: ToolRequest,
): Promise<CallToolResult> {
  const { fingerprint, model, cost_usd, created, text, problems } = manifest
  const images = await Promise.all(
    manifest.images.map(async ({ media_type, width, height, bytes }, index) => ({
      url: await imageAddress({ fingerprint, index, mediaType: media_type }, c.req.url, settings),
      media_type,
      width,
      height,
      bytes,
    })),
  )
  const cost = cache === 'miss' ? priceOf(cost_usd) : 'free: it was cached'
  const links = images.map(({ url, media_type, width, height, bytes }) => ({
    type: 'resource_link' as const,
    uri: url,
    name: new URL(url).pathname.replace(/^.*\//, ''),
    title: promptOf(manifest).slice(0, TITLE_MAX_CHARACTERS),
    description: `${width}×${height}, by ${model}`,
    mimeType: media_type,
    size: bytes,
  }))
  const [first] = images
  const summary = `${first?.width}×${first?.height} by ${model}, ${cost}. ${images.map(({ url }) => url).join(' ')}`
  return {
    content: [...links, { type: 'text', text: summary }, ...preview],
    structuredContent: { fingerprint, images, model, cost_usd, cache, created, text, problems },
  }
}

function priceOf(usd: number | undefined): string {
  return usd === undefined ? 'at an unknown cost' : `for ${formatUsd(usd)}`
}
