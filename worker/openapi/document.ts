import { Hono } from 'hono'
import { describeRoute, generateSpecs } from 'hono-openapi'
import { curl } from './curl.ts'
import type { Operation } from './operation.ts'
import { operations } from './operations.ts'
import {
  eventsResponse,
  formBody,
  imageResponse,
  jsonBody,
  jsonResponse,
  openAiErrors,
  openRouterErrors,
  problems,
  textResponse,
} from './parts.ts'

const DESCRIPTION = `Turns prompts into permanent image URLs: each image is generated once through OpenRouter.

To run the examples, set \`EASEL\` to the URL of your Worker and \`EASEL_TOKEN\` to one of its tokens.`

const SECURITY = { none: [], generate: [{}, { token: [] }, { signature: [] }], token: [{ token: [] }] }

/**
 * The OpenAPI document, from the schemas that validate requests. Built ahead of time: the Worker bundles neither the
 * library nor JSON Schema, and no request waits for them.
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
  const { method, path, id, tag, summary, description, parameters, body, success, accepted, errors, needs } =
    operation
  const isImage = success === 'image'
  const sample = curl({
    method: method.toUpperCase(),
    path: path.replaceAll(/:(\w+)/g, '{$1}'),
    parameters: parameters ?? [],
    ...(body && (body.isForm ? { form: body.example } : { body: body.example })),
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
    ...(body && { requestBody: body.isForm ? formBody(body.schema) : jsonBody(body.schema, body.example) }),
    responses: {
      ...(success === 'nothing'
        ? { 204: { description: 'Purged.' } }
        : {
            200:
              typeof success === 'string'
                ? RESPONSES[success]
                : jsonResponse(success.description, success.schema),
          }),
      ...(accepted && { 202: jsonResponse(accepted.description, accepted.schema) }),
      ...errorsOf(errors),
    },
    'x-codeSamples': [{ lang: 'Shell', source: sample }],
  }
}

const RESPONSES = { image: imageResponse, text: textResponse, events: eventsResponse }

function errorsOf(errors: Operation['errors']) {
  if (errors === 'as OpenRouter') return openRouterErrors()
  return errors === 'as OpenAI' ? openAiErrors() : problems(...errors)
}
