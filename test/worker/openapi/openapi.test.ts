import { execFile } from 'node:child_process'
import { readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import packageJson from '../../../package.json' with { type: 'json' }
import { createDocument } from '../../../worker/openapi/document.ts'
import stored from '../../../worker/openapi/openapi.json' with { type: 'json' }
import { type ConfiguredEasel, startConfiguredEasel } from '../../support/worker/configured-easel.ts'
import { CREDENTIALS, TOKENS } from '../../support/worker/easel.ts'

const run = promisify(execFile)

interface OperationObject {
  readonly operationId: string
  readonly responses: Readonly<Record<string, { content?: Readonly<Record<string, { schema?: object }>> }>>
  readonly 'x-codeSamples': readonly { readonly source: string }[]
}

const operations = Object.entries(stored.paths)
  .flatMap(([path, methods]) =>
    Object.entries(methods as unknown as Readonly<Record<string, OperationObject>>).map(
      ([method, operation]) => ({
        path,
        method,
        operation,
        id: operation.operationId,
        schema: operation.responses['200']?.content?.['application/json']?.schema,
      }),
    ),
  )
  // An image is purged after it has been shown.
  .toSorted((a, b) => Number(a.method === 'delete') - Number(b.method === 'delete'))

let easel: ConfiguredEasel

beforeAll(async () => {
  const yaml =
    'version: 1\nimages:\n  - { path: hero.png, id: hero, prompt: A hero, model: google/gemini-3.1-flash-image }\n'
  const files = { 'easel.yml': yaml, 'lighthouse.png': await readFile('docs/img/lighthouse.png') }
  easel = await startConfiguredEasel(files, { ...CREDENTIALS, EASEL_ACCESS: 'signed' })
})

afterAll(() => easel.close())

describe('the OpenAPI document', () => {
  it('is served as committed, and committed as the schemas say (node scripts/build-openapi.ts)', async () => {
    const response = await easel.get('/openapi.json')
    const created: unknown = JSON.parse(JSON.stringify(await createDocument(packageJson.version)))
    expect(await response.json()).toEqual(stored)
    expect(stored).toEqual(created)
  })

  it('is valid OpenAPI 3.1', async () => {
    const validator = new Validator()
    expect(await validator.validate(structuredClone(stored))).toEqual({ valid: true })
    expect(validator.version).toBe('3.1')
  })

  it('lists only methods that its paths allow', async () => {
    for (const { path, method } of operations) {
      const response = await easel.get(path.replaceAll(/[{}]/g, ''), { method: 'OPTIONS' })
      const allowed = response.headers.get('allow') ?? response.headers.get('access-control-allow-methods')
      expect(`${path}: ${allowed}`).toContain(method.toUpperCase())
    }
  })

  it.each(operations.filter(({ schema }) => schema))(
    '$id: its example works when pasted, and the response is as documented',
    async ({ operation, schema }) => {
      const body: unknown = JSON.parse(await pasted(operation))
      expect(errorsOf(body, { ...schema, components: stored.components })).toEqual([])
    },
  )

  it.each(operations.filter(({ path }) => /^\/(image|i|named)(\/|$)/.test(path)))(
    '$id: its example works when pasted, and saves an image',
    async ({ operation }) => {
      await pasted(operation)
      const image = join(easel.folder, 'image.png')
      expect((await stat(image)).size).toBeGreaterThan(1000)
      await rm(image)
    },
  )

  it.each(operations.filter(({ method }) => method === 'delete'))(
    '$id: its example works when pasted',
    async ({ operation }) => {
      expect(await pasted(operation)).toBe('')
    },
  )

  it('knows the errors that the Worker responds with', async () => {
    const { Problem } = stored.components.schemas
    const paths = ['/image?prompt=', '/image?prompt=Not+for+you', '/i/nothing', '/v1/images', '/nowhere']
    for (const path of paths) {
      expect(errorsOf(await (await easel.get(path)).json(), Problem)).toEqual([])
    }
  })
})

/** What a terminal shows after an operation's example is pasted into it. */
async function pasted(operation: OperationObject): Promise<string> {
  const env = { ...process.env, EASEL: easel.url.origin, EASEL_TOKEN: TOKENS.docs }
  const [{ source } = { source: 'false' }] = operation['x-codeSamples']
  const { stdout } = await run('bash', ['-c', source], { env, cwd: easel.folder, maxBuffer: 50_000_000 })
  return stdout
}

function errorsOf(value: unknown, schema: object): readonly unknown[] {
  const formats = { uri: true, base64: true, date: true, 'date-time': true } as const
  const isValid = new Ajv2020({ strict: false, formats }).compile(schema)
  isValid(value)
  return isValid.errors ?? []
}
