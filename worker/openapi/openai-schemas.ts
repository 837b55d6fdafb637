import * as z from 'zod'
import { editBody, generationBody } from '../openai/request-body.ts'

const file = z.string().meta({ format: 'binary' })

export const generationRequest = generationBody

export const editRequest = editBody
  .extend({ image: z.union([file, z.array(file).min(1).max(16)]) })
  .meta({ id: 'OpenAIEditRequest', description: 'OpenAI’s request for an edit.' })

export const imagesResponse = z
  .object({
    created: z.int(),
    data: z.array(z.object({ b64_json: z.string().optional(), url: z.url().optional() })).min(1),
    output_format: z.string(),
    size: z.string(),
    quality: z.string().optional(),
    background: z.string().optional(),
    usage: z.object({
      input_tokens: z.int(),
      output_tokens: z.int(),
      total_tokens: z.int(),
      input_tokens_details: z.object({ text_tokens: z.int(), image_tokens: z.int() }).optional(),
      cost: z.number().optional().meta({ description: 'USD; 0 when the image was cached.' }),
    }),
  })
  .meta({ id: 'OpenAIImagesResponse', description: 'OpenAI’s `ImagesResponse`.' })

export const model = z
  .object({ id: z.string(), object: z.literal('model'), created: z.int(), owned_by: z.string() })
  .meta({ id: 'OpenAIModel' })

export const models = z
  .object({ object: z.literal('list'), data: z.array(model) })
  .meta({ id: 'OpenAIModelList' })

export const openAiError = z
  .object({
    error: z.looseObject({
      message: z.string(),
      type: z.string(),
      param: z.string().nullable(),
      code: z.string().meta({ description: 'Easel’s own.' }),
    }),
  })
  .meta({ id: 'OpenAIError', description: 'OpenAI’s error.' })
