import type { z } from 'zod'
import type { EaselErrorCode } from '../../shared/errors.ts'
import type { Parameter } from './parts.ts'

/** One operation of the document. */
export interface Operation {
  readonly method: 'get' | 'post' | 'delete'
  /** As Hono writes it. */
  readonly path: string
  readonly id: string
  readonly tag: 'Images' | 'API' | 'OpenRouter' | 'OpenAI' | 'Agents' | 'Service'
  readonly summary: string
  readonly description?: string
  readonly parameters?: readonly Parameter[]
  readonly body?: Body
  /** `image`: its bytes. `text`: plain text. `events`: JSON or server-sent events. `nothing`: 204. */
  readonly success: JsonOf | 'image' | 'text' | 'events' | 'nothing'
  /** The body of a 202. */
  readonly accepted?: JsonOf
  readonly errors: readonly EaselErrorCode[] | 'as OpenRouter' | 'as OpenAI'
  /** `none`: no credentials. `generate`: to generate what isn't cached. `token`: always. */
  readonly needs: 'none' | 'generate' | 'token'
}

interface JsonOf {
  readonly description: string
  readonly schema: z.ZodType
}

interface Body {
  readonly schema: z.ZodType
  /** Of a form, fields and the names of files. */
  readonly example: Readonly<Record<string, unknown>>
  readonly isForm?: true
}

export function json(description: string, schema: z.ZodType): JsonOf {
  return { description, schema }
}
