import { createMcpHandler, McpServer } from '@modelcontextprotocol/server'
import { estimateCost } from './estimate-cost.ts'
import { findImages } from './find-images.ts'
import { generateImage } from './generate-image.ts'
import { listModels } from './list-models.ts'
import { describedBy, errorResult, type Tool, type ToolRequest } from './tool.ts'

const TOOLS: readonly Tool[] = [generateImage, estimateCost, listModels, findImages]

const INSTRUCTIONS =
  'Easel turns prompts into images with permanent URLs. Estimate before you generate with an expensive model, and look for an image before you generate a similar one.'

/**
 * Answers one request of the Model Context Protocol, in either of its forms: nothing is kept between requests.
 *
 * @param body  the request's JSON, already read
 */
export function answerMcp(body: unknown, request: ToolRequest): Promise<Response> {
  return createMcpHandler(() => createServer(request), { onerror: logRejected }).fetch(request.c.req.raw, {
    parsedBody: body,
  })
}

/** Nearly always the client's fault, so without a stack. What tools throw is logged by them. */
function logRejected({ message }: Error): void {
  console.warn(JSON.stringify({ event: 'mcp_rejected', message }))
}

function createServer(request: ToolRequest): McpServer {
  const server = new McpServer(
    { name: 'easel', title: 'Easel', version: '1' },
    { instructions: INSTRUCTIONS },
  )
  for (const tool of TOOLS) {
    const { name, title, description, isReadOnly } = tool
    const annotations = { readOnlyHint: isReadOnly, destructiveHint: false, idempotentHint: true }
    const config = { title, description, inputSchema: describedBy(tool.input), annotations }
    server.registerTool(name, config, (args, context) => tool.call(args, request, context).catch(errorResult))
  }
  return server
}
