import * as z from 'zod'
import { InvalidSpecError } from '../../shared/errors.ts'
import { specIssue } from '../../shared/spec/spec-issue.ts'
import { parseBody } from '../dropin/request/parse-body.ts'
import { type Body, isRecord, withoutNulls } from '../dropin/request/raw-body.ts'

/** OpenAI's own limit. */
const MAX_PARTIAL_IMAGES = 3

/** What the spec has under the same name is the spec's to check. */
const fields = {
  model: z.string().optional(),
  prompt: z.unknown().optional(),
  n: z.unknown().optional(),
  size: z.string().optional(),
  quality: z.string().optional(),
  background: z.string().optional(),
  output_format: z.unknown().optional(),
  output_compression: z.unknown().optional(),
  moderation: z.enum(['auto', 'low']).optional(),
  response_format: z.enum(['b64_json', 'url']).optional(),
  stream: z.boolean().optional(),
  partial_images: z.int().min(0).max(MAX_PARTIAL_IMAGES).optional(),
  user: z.unknown().optional(),
  safety_identifier: z.unknown().optional(),
}

/** Body of `POST /images/generations`. */
export const generationBody = z
  .strictObject({
    ...fields,
    // LangChain always sends it, and no model has it any more.
    style: z.enum(['vivid', 'natural']).optional(),
  })
  .meta({ id: 'OpenAIGenerationRequest', description: 'OpenAI’s request for an image.' })

/** The fields of `POST /images/edits`, beside its images. */
export const editBody = z.strictObject(fields)

export type OpenAiBody = Readonly<z.infer<typeof generationBody>>

/** @throws {InvalidSpecError} naming every wrong field */
export function parseGenerationBody(value: unknown): OpenAiBody {
  if (isRecord(value)) return parseBody(generationBody, withoutNulls(value))
  throw new InvalidSpecError([specIssue(['body'], 'The body must be a JSON object.')])
}

/** @throws {InvalidSpecError} naming every wrong field */
export function parseEditFields(fieldsOfForm: Body): OpenAiBody {
  return parseBody(editBody, fieldsOfForm)
}
