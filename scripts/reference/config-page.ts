import * as z from 'zod'
import { easelConfigSchema } from '../../shared/config/schema.ts'
import { imageSpecInputSchema } from '../../shared/spec/schema.ts'
import { head, table } from './table.ts'

const INTRO = `Every key of \`easel.yml\`. [The guide](../easel-yml.md) explains how they work together. Editors complete and check the file with [\`easel.schema.json\`](../../easel.schema.json).`

const schemaOf = z.object({
  properties: z.record(
    z.string(),
    z.looseObject({
      description: z.string().optional(),
      items: z
        .looseObject({
          properties: z.record(z.string(), z.looseObject({ description: z.string().optional() })).optional(),
        })
        .optional(),
    }),
  ),
})

/** Every key of `easel.yml`, from the schema that checks it. */
export function configPage(): string {
  const { properties } = schemaOf.parse(
    z.toJSONSchema(easelConfigSchema, { io: 'input', unrepresentable: 'any', reused: 'inline' }),
  )
  const image = properties['images']?.items?.properties ?? {}
  const own = Object.entries(image).filter(
    ([name]) => !(name in imageSpecInputSchema.shape) || name === 'input_images',
  )
  return [
    ...head('`easel.yml`', 'easelConfigSchema in shared/config/schema.ts', INTRO),
    '## The file',
    '',
    ...table(['key', ''], rows(Object.entries(properties))),
    '',
    '## An image',
    '',
    'Besides [the fields of a spec](spec.md), without `n`:',
    '',
    ...table(['field', ''], rows(own)),
    '',
  ].join('\n')
}

function rows(
  fields: readonly (readonly [string, { readonly description?: string | undefined }])[],
): readonly (readonly string[])[] {
  return fields.map(([name, { description = '' }]) => [`\`${name}\``, description])
}
