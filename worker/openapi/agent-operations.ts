import * as z from 'zod'
import type { Operation } from './operation.ts'

const rpcRequest = z
  .looseObject({ jsonrpc: z.literal('2.0'), method: z.string() })
  .meta({ id: 'JsonRpcRequest', description: 'A message of the Model Context Protocol.' })

/** What agents use. */
export const agentOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/mcp',
    id: 'mcp',
    tag: 'Agents',
    summary: 'Model Context Protocol: generate, estimate, list models, find images',
    description: 'Streamable HTTP, without sessions. For MCP clients: `tools/list` describes the tools.',
    parameters: [
      {
        name: 'Accept',
        in: 'header',
        required: true,
        schema: { type: 'string' },
        example: 'application/json, text/event-stream',
      },
    ],
    body: { schema: rpcRequest, example: { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} } },
    success: 'events',
    errors: ['invalid_spec', 'unauthorized', 'forbidden', 'payload_too_large', 'unsupported_media_type'],
    needs: 'generate',
  },
  {
    method: 'get',
    path: '/llms.txt',
    id: 'llms',
    tag: 'Agents',
    summary: 'What this Worker does, for agents that read first',
    success: 'text',
    errors: [],
    needs: 'none',
  },
]
