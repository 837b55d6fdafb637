import * as z from 'zod'
import { head, table } from './table.ts'

const INTRO = `Every route of the Worker. \`GET /openapi.json\` has all of this as OpenAPI 3.1, with schemas, and \`GET /docs\` shows it in a browser.

A credential is a token, as \`Authorization: Bearer <token>\`, or a signature in the URL. [Who needs one](../deploy.md#who-may-generate) depends on \`EASEL_ACCESS\`; below is what the default, \`signed\`, asks for. [Errors](../errors.md) explains the codes.`

const documentSchema = z.object({
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({
        tags: z.array(z.string()),
        summary: z.string(),
        description: z.string().optional(),
        security: z.array(z.record(z.string(), z.array(z.string()))).default([]),
        parameters: z
          .array(z.object({ name: z.string(), in: z.string(), description: z.string().optional() }))
          .default([]),
        responses: z.record(z.string(), z.object({ description: z.string() })),
      }),
    ),
  ),
})

type Operation = z.infer<typeof documentSchema>['paths'][string][string]

/** Spec fields are listed once, on a page of their own. */
const MANY_PARAMETERS = 15

/** Every operation of an OpenAPI document. */
export function httpPage(document: unknown): string {
  const { paths } = documentSchema.parse(document)
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      title: `${method.toUpperCase()} ${path}`,
      operation,
    })),
  )
  const tags = Array.from(new Set(operations.flatMap(({ operation }) => operation.tags)))
  const sections = tags.flatMap((tag) => [
    `## ${tag}`,
    '',
    ...operations
      .filter(({ operation }) => operation.tags.includes(tag))
      .flatMap(({ title, operation }) => section(title, operation)),
  ])
  return [...head('HTTP', 'worker/openapi/', INTRO), ...sections].join('\n')
}

function section(
  title: string,
  { summary, description, security, parameters, responses }: Operation,
): readonly string[] {
  const rows =
    parameters.length > MANY_PARAMETERS
      ? [
          [
            'the fields of a spec that fit into a URL',
            'query',
            'See [the spec](spec.md), and [sizes and formats](../delivery.md).',
          ],
        ]
      : parameters.map((parameter) => [`\`${parameter.name}\``, parameter.in, parameter.description ?? ''])
  return [
    `### \`${title}\``,
    '',
    [`${summary}.`, description, needs(security)].filter((text) => text !== undefined).join(' '),
    '',
    ...(rows.length > 0 ? [...table(['parameter', 'in', ''], rows), ''] : []),
    ...table(
      ['status', ''],
      Object.entries(responses).map(([status, response]) => [status, response.description]),
    ),
    '',
  ]
}

function needs(security: Operation['security']): string {
  const names = security.flatMap((scheme) => Object.keys(scheme))
  if (names.length === 0) return 'Needs no credential.'
  const credential = names.includes('signature') ? 'a token or a signature' : 'a token'
  return security.some((scheme) => Object.keys(scheme).length === 0)
    ? `Generating takes ${credential}.`
    : `Takes ${credential}.`
}
