import * as schemas from './openai-schemas.ts'
import { json, type Operation } from './operation.ts'

import { DEFAULT_MODEL } from '../../shared/default-model.ts'
const PROMPT = 'A lighthouse at dusk'

/** OpenAI's images API. */
export const openAiOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/openai/v1/images/generations',
    id: 'openaiGenerate',
    tag: 'OpenAI',
    summary: 'OpenAI’s images API: generate',
    description: 'Also under `/api/v1`. Server-sent events with `stream: true`.',
    body: {
      schema: schemas.generationRequest,
      example: { model: DEFAULT_MODEL, prompt: PROMPT, size: '1024x1024' },
    },
    success: json('The images, as base64 or as addresses.', schemas.imagesResponse),
    errors: 'as OpenAI',
    needs: 'generate',
  },
  {
    method: 'post',
    path: '/openai/v1/images/edits',
    id: 'openaiEdit',
    tag: 'OpenAI',
    summary: 'OpenAI’s images API: edit up to 16 images',
    description: 'Also under `/api/v1`. Server-sent events with `stream: true`.',
    body: {
      schema: schemas.editRequest,
      example: { model: DEFAULT_MODEL, prompt: 'The same at night', image: '@lighthouse.png' },
      isForm: true,
    },
    success: json('The images, as base64 or as addresses.', schemas.imagesResponse),
    errors: 'as OpenAI',
    needs: 'generate',
  },
  {
    method: 'get',
    path: '/openai/v1/models',
    id: 'openaiModels',
    tag: 'OpenAI',
    summary: 'Image models, in OpenAI’s form',
    success: json('All image models.', schemas.models),
    errors: 'as OpenAI',
    needs: 'none',
  },
  {
    method: 'get',
    path: '/openai/v1/models/:id',
    id: 'openaiModel',
    tag: 'OpenAI',
    summary: 'One image model, in OpenAI’s form',
    description: 'Also under `/api/v1`.',
    parameters: [
      {
        name: 'id',
        in: 'path',
        required: true,
        description: 'With or without its author.',
        schema: { type: 'string' },
        example: DEFAULT_MODEL,
      },
    ],
    success: json('The model.', schemas.model),
    errors: 'as OpenAI',
    needs: 'none',
  },
]
