import type { ContentBlock } from '@modelcontextprotocol/server'
import { limitKeyOf } from '../access/access.ts'
import { encodeBytes } from '../dropin/response/base64.ts'
import type { Manifest } from '../gallery/manifest.ts'
import type { ToolRequest } from './tool.ts'

/** Pixels: enough for a model to judge an image by. */
const WIDTH = 320

/** What a preview may add to a model's context. */
const MAX_BYTES = 100_000

/** A small copy of the first image; a sentence where there can't be one. */
export async function previewOf(
  { fingerprint }: Manifest,
  { caller, ports: { gallery, settings } }: ToolRequest,
): Promise<readonly ContentBlock[]> {
  const width = settings.widths.find((configured) => configured >= WIDTH) ?? WIDTH
  const limitKey = async () => limitKeyOf(caller)
  const served = await gallery.get({ fingerprint, index: 0, variant: { width, format: 'webp' }, limitKey })
  const bytes = served?.body ? new Uint8Array(await new Response(served.body).arrayBuffer()) : undefined
  const mimeType = served?.headers['content-type']
  if (!bytes || mimeType === undefined || bytes.length > MAX_BYTES) {
    return [{ type: 'text', text: 'There is no small copy of the image: open its URL.' }]
  }
  return [{ type: 'image', mimeType, data: [...encodeBytes(bytes)].join('') }]
}
