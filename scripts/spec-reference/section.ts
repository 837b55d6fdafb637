import { stringify } from 'yaml'
import type { ImageModel } from '../../shared/catalogue/model.ts'
import { imageEntrySchema } from '../../shared/config/schema.ts'
import { fingerprint } from '../../shared/fingerprint.ts'
import { specToQuery } from '../../shared/url/spec-query.ts'
import { QUERY_FORMS, type SpecField } from '../../shared/spec/schema.ts'
import { acceptedBy } from './accepted-by.ts'
import { code, formOf, type JsonSchema, nestedFields } from './form.ts'
import { wireNames } from './wire-names.ts'

/** Fields that no model has a say in: Easel or OpenRouter handles them. */
const NOT_OF_THE_MODEL: ReadonlySet<string> = new Set([
  'prompt',
  'model',
  'models',
  'provider',
  'image_config',
  'preset',
  'take',
  'api',
  'user',
  'session_id',
  'trace',
])

/** Scalar fields that have no default, not even the model's own. */
const WITHOUT_DEFAULT: ReadonlySet<string> = new Set(['size', 'preset', 'user', 'session_id'])

/** Flow style, to fit on one line. YAML 1.1 puts `16:9` in quotes, which older parsers would read as a number. */
const YAML_STYLE = {
  collectionStyle: 'flow',
  flowCollectionPadding: false,
  lineWidth: 0,
  version: '1.1',
} as const

/** The section about one field, in Markdown. */
export async function section(
  field: SpecField,
  schema: JsonSchema,
  models: readonly ImageModel[],
): Promise<string> {
  const [example] = schema.examples ?? []
  if (example === undefined) throw new Error(`${field} has no example in the schema`)
  const rows = [
    ['form', formOf(schema)],
    ['default', defaultOf(field, schema)],
    ...wireRows(field, example, models),
    ['fingerprint', await effectOnFingerprint(field, schema, example)],
    ['YAML', yamlOf(field, example)],
    ['query', queryOf(field, example)],
    ['JSON', code(`"${field}": ${JSON.stringify(example)}`)],
  ]
  return [
    `### ${code(field)}\n`,
    `${schema.description ?? ''}\n`,
    '| | |',
    '| --- | --- |',
    ...rows.map(([name, value]) => `| ${name} | ${value} |`),
    '',
    ...nestedTable(schema),
    ...(NOT_OF_THE_MODEL.has(field) ? [] : [...acceptedBy(field, schema, models), '']),
  ].join('\n')
}

function nestedTable(schema: JsonSchema): string[] {
  const rows = Array.from(
    nestedFields(schema),
    ({ name, schema: { description = '', ...inner }, isRequired }) =>
      `| ${code(name)}${isRequired ? ', required' : ''} | ${formOf(inner)} | ${description} |`,
  )
  return rows.length > 0 ? ['| inside it | form | |', '| --- | --- | --- |', ...rows, ''] : []
}

function wireRows(field: SpecField, example: unknown, models: readonly ImageModel[]): string[][] {
  if (field === 'preset') return [['sent as', 'not sent: replaced by the fields of the preset']]
  if (field === 'models') return [['sent as', 'one request after the other, each with one `model`']]
  const { chat, images } = wireNames(field, example, models)
  if (chat?.length === 0 && images?.length === 0) return [['sent as', 'not sent']]
  return [
    ['chat API', chat ? chat.map(code).join(', ') : '—'],
    ['images API', images ? images.map(code).join(', ') : '—'],
  ]
}

function defaultOf(field: SpecField, { type, default: value }: JsonSchema): string {
  if (value !== undefined) return code(value)
  if (field === 'prompt' || field === 'model')
    return 'none: required, unless the preset or the defaults set it'
  return type === 'array' || type === 'object' || WITHOUT_DEFAULT.has(field) ? 'none' : 'the model’s own'
}

async function effectOnFingerprint(
  field: SpecField,
  { default: value }: JsonSchema,
  example: unknown,
): Promise<string> {
  if (field === 'preset') return 'the fields of the preset count, its name does not'
  const base = { prompt: 'x', model: 'author/slug' }
  const without = await fingerprint(base)
  if ((await fingerprint({ ...base, [field]: example })) === without) return 'does not count'
  const isDefaultFree = value !== undefined && (await fingerprint({ ...base, [field]: value })) === without
  return isDefaultFree ? `counts, except for ${code(value)}` : 'counts'
}

function yamlOf(field: SpecField, example: unknown): string {
  if (!(field in imageEntrySchema.shape)) return 'not in `easel.yml`, where one path holds one image'
  return code(`${field}: ${stringify(example, YAML_STYLE).trim()}`)
}

function queryOf(field: SpecField, example: unknown): string {
  const form = QUERY_FORMS.get(field)
  if (form === 'json') return 'does not fit into a URL: use `POST /v1/images`'
  // Colons and slashes need no encoding in a query.
  const query = code(decodedMarks(specToQuery({ [field]: example }).toString()))
  return form === 'repeated' ? `${query}, once for each` : query
}

function decodedMarks(query: string): string {
  return query.replaceAll('%3A', ':').replaceAll('%2F', '/')
}
