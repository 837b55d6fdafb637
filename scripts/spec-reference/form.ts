/** The part of JSON Schema that the spec's fields use. */
export interface JsonSchema {
  readonly type?: string
  readonly format?: string
  readonly description?: string
  readonly default?: unknown
  readonly examples?: readonly unknown[]
  readonly enum?: readonly (string | number)[]
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly items?: JsonSchema
  readonly prefixItems?: readonly JsonSchema[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly anyOf?: readonly JsonSchema[]
}

/** What a value must look like, in a few words of Markdown: `list of 1 to 16 URLs`. */
export function formOf(schema: JsonSchema): string {
  if (schema.anyOf) return schema.anyOf.map(formOf).join(', or ')
  if (schema.enum) return `one of ${schema.enum.map(code).join(', ')}`
  const { one } = NAMES[nameOf(schema)] ?? JSON_VALUE
  return schema.type === 'array' ? `${one}${contentsOf(schema)}` : `${one}${limitsOf(schema)}`
}

/** The properties of an object, or of the objects in a list, at any depth: `max_price.image`. */
export function* nestedFields(
  schema: JsonSchema,
  prefix = '',
): Generator<{ readonly name: string; readonly schema: JsonSchema; readonly isRequired: boolean }> {
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    yield { name: prefix + name, schema: property, isRequired: schema.required?.includes(name) ?? false }
    yield* nestedFields(property, `${prefix}${name}.`)
  }
  for (const inner of [schema.items, ...(schema.anyOf ?? [])]) if (inner) yield* nestedFields(inner, prefix)
}

export function code(value: unknown): string {
  return `\`${String(value)}\``
}

const NAMES: Readonly<Record<string, { readonly one: string; readonly many: string }>> = {
  string: { one: 'string', many: 'strings' },
  uri: { one: 'URL', many: 'URLs' },
  integer: { one: 'whole number', many: 'whole numbers' },
  number: { one: 'number', many: 'numbers' },
  boolean: { one: 'true or false', many: 'booleans' },
  array: { one: 'list', many: 'lists' },
  object: { one: 'object', many: 'objects' },
}

const JSON_VALUE = { one: 'any JSON', many: 'JSON values' }

function nameOf({ type = '', format }: JsonSchema): string {
  return format ?? type
}

function plural(schema: JsonSchema): string {
  if (schema.enum) return schema.enum.map(code).join(', ')
  const { many } = NAMES[nameOf(schema)] ?? JSON_VALUE
  return schema.type === 'array' ? `${many}${contentsOf(schema)}` : `${many}${limitsOf(schema)}`
}

function contentsOf({ items = {}, prefixItems, minItems = 0, maxItems }: JsonSchema): string {
  if (prefixItems) return ` of ${prefixItems.length} ${plural(prefixItems[0] ?? {})}`
  const count = maxItems === undefined ? '' : `${minItems} to ${maxItems} `
  return ` of ${count}${plural(items)}`
}

function limitsOf({ type, minimum, maximum, minLength, maxLength }: JsonSchema): string {
  if (type === 'string') {
    return maxLength === undefined
      ? ''
      : `, ${minLength ?? 0} to ${maxLength.toLocaleString('en')} characters`
  }
  if (minimum === undefined) return ''
  const isBounded = maximum !== undefined && maximum !== Number.MAX_SAFE_INTEGER
  return isBounded ? `, ${minimum} to ${maximum}` : `, ${minimum} or more`
}
