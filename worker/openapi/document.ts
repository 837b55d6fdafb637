import { Hono } from 'hono'
import { describeRoute, generateSpecs } from 'hono-openapi'
import { curl } from './curl.ts'
import { type Operation, operations } from './operations.ts'
import { jsonAnswer, jsonBody, openRouterErrors, imageAnswer, problems } from './parts.ts'

const DESCRIPTION = `Images from prompts that stay: generated once through OpenRouter, and kept.

The examples work when pasted, once \`EASEL\` is the address of a Worker and \`EASEL_TOKEN\` a token of its.`

const SECURITY = { none: [], generate: [{}, { token: [] }, { signature: [] }], token: [{ token: [] }] }

/**
 * The OpenAPI document, from the schemas that check the requests. Made when Easel is built, not when it is
 * asked for: neither the library nor JSON Schema is in the Worker, and no request waits for them.
 */
export async function createDocument(version: string) {
  const app = new Hono()
  for (const operation of operations) {
    app.on(operation.method.toUpperCase(), operation.path, describeRoute(describe(operation)), (c) =>
      c.body(null),
    )
  }
  return generateSpecs(app, {
    documentation: {
      info: {
        title: 'Easel',
        version,
        description: DESCRIPTION,
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/' }],
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer', description: 'One of `EASEL_TOKENS`.' },
          signature: {
            type: 'apiKey',
            in: 'query',
            name: 'sig',
            description: 'With `exp` and `kid`; `POST /v1/sign` makes them.',
          },
        },
      },
    },
  })
}

function describe(operation: Operation) {
  const { method, path, id, tag, summary, description, parameters, body, answer, accepted, errors, needs } =
    operation
  const isImage = answer === 'image'
  const sample = curl({
    method: method.toUpperCase(),
    path: path.replaceAll(/:(\w+)/g, '{$1}'),
    parameters: parameters ?? [],
    ...(body && { body: body.example }),
    isPublic: needs === 'none',
    ...(isImage && { saveAs: 'image.png' }),
  })
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    security: SECURITY[needs],
    ...(parameters && { parameters: [...parameters] }),
    ...(body && { requestBody: jsonBody(body.schema, body.example) }),
    responses: {
      ...(answer === 'nothing'
        ? { 204: { description: 'It is gone.' } }
        : { 200: isImage ? imageAnswer : jsonAnswer(answer.description, answer.schema) }),
      ...(accepted && { 202: jsonAnswer(accepted.description, accepted.schema) }),
      ...(errors === 'as OpenRouter' ? openRouterErrors() : problems(...errors)),
    },
    'x-codeSamples': [{ lang: 'Shell', source: sample }],
  }
}
