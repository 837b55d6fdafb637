import * as z from 'zod'
import { imageSpecInputSchema } from '../../shared/spec/schema.ts'

/** As much of JSON Schema as a spec uses. */
interface Schema {
  readonly type?: string
  readonly description?: string
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: Schema | boolean
  readonly items?: Schema | boolean
  readonly prefixItems?: readonly Schema[]
}

/** The declaration of `ImageSpecInput`, in plain TypeScript, with the fields' descriptions. */
export function specTypes(): string {
  const { $defs } = z.toJSONSchema(imageSpecInputSchema, { io: 'input' })
  const schema = $defs?.['ImageSpec'] as Schema
  return `/** The description of one image. */\nexport interface ImageSpecInput ${typeOf(schema)}\n`
}

function typeOf(schema: Schema | boolean | undefined): string {
  if (typeof schema !== 'object') return 'unknown'
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' | ')
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  switch (schema.type) {
    case 'integer':
      return 'number'
    case 'string':
    case 'number':
    case 'boolean':
      return schema.type
    case 'array':
      return schema.prefixItems
        ? `readonly [${schema.prefixItems.map(typeOf).join(', ')}]`
        : `readonly (${typeOf(schema.items)})[]`
    case 'object':
      return schema.properties
        ? objectOf(schema.properties, schema.required ?? [])
        : `Readonly<Record<string, ${typeOf(schema.additionalProperties)}>>`
    default:
      return 'unknown'
  }
}

function objectOf(properties: Readonly<Record<string, Schema>>, required: readonly string[]): string {
  const fields = Object.entries(properties).map(([name, schema]) => {
    const comment = schema.description === undefined ? '' : `/** ${schema.description} */\n`
    const isRequired = required.includes(name)
    return `${comment}readonly ${name}${isRequired ? '' : '?'}: ${typeOf(schema)}${isRequired ? '' : ' | undefined'}`
  })
  return `{\n${fields.join('\n')}\n}`
}
