import type { CallToolResult, ServerContext, StandardSchemaWithJSON } from '@modelcontextprotocol/server'
import type { Context } from 'hono'
import type { z } from 'zod'
import { toProblem } from '../../shared/problem.ts'
import type { Caller } from '../access/access.ts'
import type { AppPorts } from '../routes/ports.ts'
import type { AppEnv } from '../web/trace.ts'

/** The request that a tool is called in. */
export interface ToolRequest {
  readonly c: Context<AppEnv>
  readonly caller: Caller
  readonly ports: AppPorts
}

/** A tool, as agents see it. */
export interface Tool {
  readonly name: string
  readonly title: string
  /** For the model: what it does, when to use it, what it costs. */
  readonly description: string
  readonly input: z.ZodType
  /** Whether it neither changes nor pays anything. */
  readonly isReadOnly: boolean
  /** @throws {EaselError} */
  call(args: unknown, request: ToolRequest, context: ServerContext): Promise<CallToolResult>
}

/**
 * A schema that tells agents what a tool takes, and checks nothing: the tool does, in the sentences of Easel's other
 * APIs.
 */
export function describedBy(schema: z.ZodType): StandardSchemaWithJSON {
  const { jsonSchema, ...standard } = schema['~standard'] as StandardSchemaWithJSON['~standard']
  return { '~standard': { ...standard, jsonSchema, validate: (value) => ({ value }) } }
}

/** What a tool knows, for programs and as text for clients that show nothing else. */
export function dataResult(data: Readonly<Record<string, unknown>>): CallToolResult {
  return { content: [{ type: 'text', text: JSON.stringify(data) }], structuredContent: { ...data } }
}

/** For the model to read, and to do better. Logged where it is a bug. */
export function errorResult(error: unknown): CallToolResult {
  const { title: _, status: __, ...problem } = toProblem(error)
  if (problem.code === 'internal') console.error(error)
  const text = `${problem.code}: ${problem.detail}`
  return { isError: true, content: [{ type: 'text', text }], structuredContent: problem }
}
