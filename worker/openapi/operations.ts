import type { z } from 'zod'
import type { EaselErrorCode } from '../../shared/errors.ts'
import { deliveryParameters, DRAWING_ERRORS, type Parameter, specParameters } from './parts.ts'
import * as schemas from './schemas.ts'

/** One operation, as it is told to the document. */
export interface Operation {
  readonly method: 'get' | 'post' | 'delete'
  /** As Hono writes it. */
  readonly path: string
  readonly id: string
  readonly tag: 'Pictures' | 'API' | 'OpenRouter' | 'Service'
  readonly summary: string
  readonly description?: string
  readonly parameters?: readonly Parameter[]
  readonly body?: { readonly schema: z.ZodType; readonly example: object }
  /** `picture`: its bytes. `nothing`: 204. */
  readonly answer: { readonly description: string; readonly schema: z.ZodType } | 'picture' | 'nothing'
  /** What it may also answer with. */
  readonly accepted?: { readonly description: string; readonly schema: z.ZodType }
  readonly errors: readonly EaselErrorCode[] | 'as OpenRouter'
  /** `none`: anybody. `draw`: to draw what isn't there. `token`: always. */
  readonly needs: 'none' | 'draw' | 'token'
}

const PROMPT = 'A lighthouse at dusk'
const MODEL = 'google/gemini-2.5-flash-image'

/** Of that prompt and model; test/fingerprints.json has it too. */
const FINGERPRINT = '24ffec80d4e1fd3e52b0e0672b14c1304adf6186178cbd3c3f91ba2a8a1f8eeb'

const SPEC = { prompt: PROMPT, model: MODEL }

const fingerprint: Parameter = {
  name: 'fingerprint',
  in: 'path',
  required: true,
  schema: { type: 'string', pattern: '^[0-9a-f]{64}$' },
  example: FINGERPRINT,
}

const answer = (description: string, schema: z.ZodType) => ({ description, schema })

/** Everything that is promised, in an order in which the examples work one after the other. */
export const operations: readonly Operation[] = [
  {
    method: 'get',
    path: '/image',
    id: 'image',
    tag: 'Pictures',
    summary: 'A picture by what it shows; drawn once, and kept',
    description: 'For `<img src>`. What is signed may be drawn by whoever opens it.',
    parameters: [...specParameters(SPEC), ...deliveryParameters],
    answer: 'picture',
    errors: [...DRAWING_ERRORS, 'not_found', 'precondition_failed', 'range_not_satisfiable'],
    needs: 'draw',
  },
  {
    method: 'get',
    path: '/i/:file',
    id: 'file',
    tag: 'Pictures',
    summary: 'A picture by its fingerprint; never draws',
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
    answer: 'picture',
    errors: ['invalid_spec', 'unauthorized', 'not_found', 'precondition_failed', 'range_not_satisfiable'],
    needs: 'none',
  },
  {
    method: 'get',
    path: '/named/:name',
    id: 'named',
    tag: 'Pictures',
    summary: 'A picture that easel.yml lists, by its path or id',
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
    answer: 'picture',
    errors: [...DRAWING_ERRORS, 'not_found', 'precondition_failed', 'range_not_satisfiable'],
    needs: 'draw',
  },
  {
    method: 'post',
    path: '/v1/images',
    id: 'draw',
    tag: 'API',
    summary: 'Any spec as JSON; drawn once, and kept',
    description:
      '`Prefer: respond-async` answers at once. `Cache-Control: no-cache`, with a token, draws anew.',
    parameters: [
      { name: 'Prefer', in: 'header', schema: { type: 'string' }, description: '`respond-async`' },
      { name: 'Cache-Control', in: 'header', schema: { type: 'string' }, description: '`no-cache`' },
    ],
    body: { schema: schemas.spec, example: SPEC },
    answer: answer('It is there.', schemas.generation),
    accepted: answer('It will be there: `Location` tells where.', schemas.pending),
    errors: [...DRAWING_ERRORS, 'payload_too_large', 'unsupported_media_type'],
    needs: 'draw',
  },
  {
    method: 'get',
    path: '/v1/images',
    id: 'list',
    tag: 'API',
    summary: 'What is kept, newest first',
    parameters: [
      { name: 'cursor', in: 'query', schema: { type: 'string' }, description: 'Of the last page.' },
    ],
    answer: answer('A page.', schemas.imageList),
    errors: ['unauthorized', 'forbidden'],
    needs: 'token',
  },
  {
    method: 'get',
    path: '/v1/images/:fingerprint',
    id: 'manifest',
    tag: 'API',
    summary: 'What is known of a picture',
    description: 'With a token, also what it was drawn from.',
    parameters: [fingerprint],
    answer: answer('It is there.', schemas.generation),
    accepted: answer('It is being drawn.', schemas.pending),
    errors: [...DRAWING_ERRORS, 'not_found'],
    needs: 'none',
  },
  {
    method: 'post',
    path: '/v1/sign',
    id: 'sign',
    tag: 'API',
    summary: 'A signed address, for a picture that nobody has drawn yet',
    body: { schema: schemas.toSign, example: { spec: SPEC, expires_in: 86_400 } },
    answer: answer('It is good until `expires`.', schemas.signedUrl),
    errors: ['invalid_spec', 'unauthorized', 'forbidden', 'payload_too_large', 'unsupported_media_type'],
    needs: 'token',
  },
  {
    method: 'get',
    path: '/v1/models',
    id: 'models',
    tag: 'API',
    summary: 'Image models, with what they accept and cost',
    answer: answer('All of them.', schemas.modelList),
    errors: [],
    needs: 'none',
  },
  {
    method: 'post',
    path: '/api/v1/chat/completions',
    id: 'chat',
    tag: 'OpenRouter',
    summary: 'OpenRouter’s chat API, for pictures',
    body: {
      schema: schemas.chatRequest,
      example: { model: MODEL, messages: [{ role: 'user', content: PROMPT }], modalities: ['image', 'text'] },
    },
    answer: answer('Server-sent events with `stream: true`.', schemas.chatResult),
    errors: 'as OpenRouter',
    needs: 'draw',
  },
  {
    method: 'post',
    path: '/api/v1/images',
    id: 'images',
    tag: 'OpenRouter',
    summary: 'OpenRouter’s images API',
    body: { schema: schemas.imagesRequest, example: SPEC },
    answer: answer('Server-sent events with `stream: true`.', schemas.imagesResult),
    errors: 'as OpenRouter',
    needs: 'draw',
  },
  ...['/models', '/images/models', '/images/models/:author/:slug/endpoints'].map((path): Operation => {
    const names = Array.from(path.matchAll(/:(\w+)/g), ([, name = '']) => name)
    const [author = '', slug = ''] = MODEL.split('/')
    const examples: Readonly<Record<string, string>> = { author, slug }
    return {
      method: 'get',
      path: `/api/v1${path}`,
      id: `openrouter${path.replaceAll(/\W+(\w?)/g, (_, letter: string) => letter.toUpperCase())}`,
      tag: 'OpenRouter',
      summary: 'OpenRouter’s list, of image models',
      parameters: names.map((name) => ({
        name,
        in: 'path',
        required: true,
        schema: { type: 'string' },
        example: examples[name] ?? '',
      })),
      answer: answer('As OpenRouter has it.', schemas.openRouterList),
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
    answer: answer('Of the token, or of all.', schemas.keyInfo),
    errors: 'as OpenRouter',
    needs: 'token',
  },
  {
    method: 'get',
    path: '/healthz',
    id: 'health',
    tag: 'Service',
    summary: 'Whether R2 and OpenRouter answer',
    answer: answer('Both do; 503 with the same body when one does not.', schemas.health),
    errors: [],
    needs: 'none',
  },
  {
    method: 'delete',
    path: '/v1/images/:fingerprint',
    id: 'purge',
    tag: 'API',
    summary: 'Forgets a picture everywhere',
    parameters: [fingerprint],
    answer: 'nothing',
    errors: ['unauthorized', 'forbidden', 'not_found'],
    needs: 'token',
  },
]
