import { DEFAULT_MODEL } from '../../shared/default-model.ts'
import { LIST_LIMIT_DEFAULT, LIST_LIMIT_MAX, LIST_WORDS_MAX_CHARACTERS } from '../gallery/list-limits.ts'
import { agentOperations } from './agent-operations.ts'
import { openAiOperations } from './openai-operations.ts'
import { json, type Operation } from './operation.ts'
import { deliveryParameters, GENERATION_ERRORS, type Parameter, specParameters } from './parts.ts'
import * as schemas from './schemas.ts'

const PROMPT = 'A lighthouse at dusk'

/** Of that prompt and model; a test pastes the examples. */
const FINGERPRINT = 'dae9bed3001ce917d8faca290666004937a9ef44bfb40401447b636bd576d59d'

const SPEC = { prompt: PROMPT, model: DEFAULT_MODEL }

const fingerprint: Parameter = {
  name: 'fingerprint',
  in: 'path',
  required: true,
  schema: { type: 'string', pattern: '^[0-9a-f]{64}$' },
  example: FINGERPRINT,
}

/** All operations, in an order in which the examples work one after the other. */
export const operations: readonly Operation[] = [
  {
    method: 'get',
    path: '/image',
    id: 'image',
    tag: 'Images',
    summary: 'An image by its prompt; generated once',
    description: 'For `<img src>`. A signed URL generates its image for anyone who opens it.',
    parameters: [...specParameters(SPEC), ...deliveryParameters],
    success: 'image',
    errors: [...GENERATION_ERRORS, 'not_found', 'precondition_failed', 'range_not_satisfiable'],
    needs: 'generate',
  },
  {
    method: 'get',
    path: '/i/:file',
    id: 'file',
    tag: 'Images',
    summary: 'An image by its fingerprint; never generates',
    parameters: [
      {
        name: 'file',
        in: 'path',
        required: true,
        description: '`<fingerprint>[.<index>].<extension>`',
        schema: { type: 'string' },
        example: `${FINGERPRINT}.png`,
      },
      ...deliveryParameters,
    ],
    success: 'image',
    errors: ['invalid_spec', 'unauthorized', 'not_found', 'precondition_failed', 'range_not_satisfiable'],
    needs: 'none',
  },
  {
    method: 'get',
    path: '/named/:name',
    id: 'named',
    tag: 'Images',
    summary: 'An image that easel.yml lists, by its path or id',
    parameters: [
      {
        name: 'name',
        in: 'path',
        required: true,
        description: 'A path keeps its slashes.',
        schema: { type: 'string' },
        example: 'hero',
      },
      ...deliveryParameters,
    ],
    success: 'image',
    errors: [...GENERATION_ERRORS, 'not_found', 'precondition_failed', 'range_not_satisfiable'],
    needs: 'generate',
  },
  {
    method: 'post',
    path: '/v1/images',
    id: 'generate',
    tag: 'API',
    summary: 'Any spec as JSON; generated once',
    description:
      '`Prefer: respond-async` responds at once. `Cache-Control: no-cache` with a token regenerates. `Accept: text/event-stream` gets events: `pending`, a `preview` for each that the model streams, then `done` with the response’s body, or `error` with a problem.',
    parameters: [
      { name: 'Prefer', in: 'header', schema: { type: 'string' }, description: '`respond-async`' },
      { name: 'Cache-Control', in: 'header', schema: { type: 'string' }, description: '`no-cache`' },
    ],
    body: { schema: schemas.spec, example: SPEC },
    success: json('The image is cached.', schemas.generation),
    accepted: json('The image is being generated. Poll `Location`.', schemas.pending),
    errors: [...GENERATION_ERRORS, 'payload_too_large', 'unsupported_media_type'],
    needs: 'generate',
  },
  {
    method: 'get',
    path: '/v1/images',
    id: 'list',
    tag: 'API',
    summary: 'All images, newest first',
    parameters: [
      { name: 'cursor', in: 'query', schema: { type: 'string' }, description: 'From the previous page.' },
      { name: 'model', in: 'query', schema: { type: 'string' }, description: 'Images of this model only.' },
      {
        name: 'q',
        in: 'query',
        schema: { type: 'string', maxLength: LIST_WORDS_MAX_CHARACTERS },
        description: 'Images with all these words in the prompt only.',
      },
      {
        name: 'limit',
        in: 'query',
        schema: { type: 'integer', minimum: 1, maximum: LIST_LIMIT_MAX, default: LIST_LIMIT_DEFAULT },
        description: 'Images on a page.',
      },
    ],
    success: json('One page.', schemas.imageList),
    errors: ['invalid_spec', 'unauthorized', 'forbidden', 'storage_failed'],
    needs: 'token',
  },
  {
    method: 'get',
    path: '/v1/images/:fingerprint',
    id: 'manifest',
    tag: 'API',
    summary: 'An image’s manifest',
    description: 'With a token, it includes the spec.',
    parameters: [fingerprint],
    success: json('The image is cached.', schemas.generation),
    accepted: json('The image is being generated.', schemas.pending),
    errors: [...GENERATION_ERRORS, 'not_found'],
    needs: 'none',
  },
  {
    method: 'post',
    path: '/v1/estimate',
    id: 'estimate',
    tag: 'API',
    summary: 'What a spec would cost; spends nothing',
    description: 'Checks the spec and what its model can do, as generating would.',
    body: { schema: schemas.spec, example: SPEC },
    success: json('The spec can be generated.', schemas.estimate),
    errors: [
      'invalid_spec',
      'unsupported_by_model',
      'unauthorized',
      'forbidden',
      'model_not_found',
      'budget_exhausted',
      'payload_too_large',
      'unsupported_media_type',
    ],
    needs: 'none',
  },
  {
    method: 'post',
    path: '/v1/sign',
    id: 'sign',
    tag: 'API',
    summary: 'Signs the URL of an image',
    body: { schema: schemas.toSign, example: { spec: SPEC, expires_in: 86_400 } },
    success: json('The URL is valid until `expires`.', schemas.signedUrl),
    errors: ['invalid_spec', 'unauthorized', 'forbidden', 'payload_too_large', 'unsupported_media_type'],
    needs: 'token',
  },
  {
    method: 'get',
    path: '/v1/usage',
    id: 'usage',
    tag: 'API',
    summary: 'What was generated, spent and served from the cache',
    description: 'Generations and spending by day, model and token; hits and what they saved by day.',
    parameters: [
      {
        name: 'from',
        in: 'query',
        schema: { type: 'string', format: 'date' },
        description: 'First UTC day.',
      },
      { name: 'to', in: 'query', schema: { type: 'string', format: 'date' }, description: 'Last UTC day.' },
    ],
    success: json('The last 30 days, where no days are given.', schemas.usageReport),
    errors: ['invalid_spec', 'unauthorized', 'forbidden'],
    needs: 'token',
  },
  {
    method: 'get',
    path: '/v1/models',
    id: 'models',
    tag: 'API',
    summary: 'Image models with abilities and prices',
    success: json('All image models.', schemas.modelList),
    errors: [],
    needs: 'none',
  },
  {
    method: 'post',
    path: '/api/v1/chat/completions',
    id: 'chat',
    tag: 'OpenRouter',
    summary: 'OpenRouter’s chat API, for images',
    body: {
      schema: schemas.chatRequest,
      example: {
        model: DEFAULT_MODEL,
        messages: [{ role: 'user', content: PROMPT }],
        modalities: ['image', 'text'],
      },
    },
    success: json('Server-sent events with `stream: true`.', schemas.chatResult),
    errors: 'as OpenRouter',
    needs: 'generate',
  },
  {
    method: 'post',
    path: '/api/v1/images',
    id: 'images',
    tag: 'OpenRouter',
    summary: 'OpenRouter’s images API',
    body: { schema: schemas.imagesRequest, example: SPEC },
    success: json('Server-sent events with `stream: true`.', schemas.imagesResult),
    errors: 'as OpenRouter',
    needs: 'generate',
  },
  ...['/models', '/images/models', '/images/models/:author/:slug/endpoints'].map((path): Operation => {
    const names = Array.from(path.matchAll(/:(\w+)/g), ([, name = '']) => name)
    const [author = '', slug = ''] = DEFAULT_MODEL.split('/')
    const examples: Readonly<Record<string, string>> = { author, slug }
    return {
      method: 'get',
      path: `/api/v1${path}`,
      id: `openrouter${path.replaceAll(/\W+(\w?)/g, (_, letter: string) => letter.toUpperCase())}`,
      tag: 'OpenRouter',
      summary: 'OpenRouter’s model lists, image models only',
      parameters: names.map((name) => ({
        name,
        in: 'path',
        required: true,
        schema: { type: 'string' },
        example: examples[name] ?? '',
      })),
      success: json('OpenRouter’s list, unchanged.', schemas.openRouterList),
      errors: 'as OpenRouter',
      needs: 'none',
    }
  }),
  {
    method: 'get',
    path: '/api/v1/key',
    id: 'key',
    tag: 'OpenRouter',
    summary: 'What is left of today’s budget',
    success: json('For the token, or for all requests.', schemas.keyInfo),
    errors: 'as OpenRouter',
    needs: 'token',
  },
  ...openAiOperations,
  ...agentOperations,
  {
    method: 'get',
    path: '/healthz',
    id: 'health',
    tag: 'Service',
    summary: 'Whether R2, the ledger and OpenRouter work',
    success: json('All of them work. 503 with the same body when one doesn’t.', schemas.health),
    errors: [],
    needs: 'none',
  },
  {
    method: 'delete',
    path: '/v1/images/:fingerprint',
    id: 'purge',
    tag: 'API',
    summary: 'Purges an image everywhere',
    parameters: [fingerprint],
    success: 'nothing',
    errors: ['unauthorized', 'forbidden', 'not_found'],
    needs: 'token',
  },
]
