import { execFile } from 'node:child_process'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import packageJson from '../../../package.json' with { type: 'json' }
import { compileConfig } from '../../../scripts/edge-config/compile.ts'
import { createDocument } from '../../../worker/openapi/document.ts'
import stored from '../../../worker/openapi/openapi.json' with { type: 'json' }
import { CREDENTIALS, type RunningEasel, startEasel, TOKENS } from '../../support/worker/easel.ts'

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
  // What forgets an image comes after what shows it.
  .toSorted((a, b) => Number(a.method === 'delete') - Number(b.method === 'delete'))

let folder: string
let easel: RunningEasel

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'easel-openapi-'))
  const yaml =
    'version: 1\nimages:\n  - { path: hero.png, id: hero, prompt: A hero, model: google/gemini-2.5-flash-image }\n'
  await writeFile(join(folder, 'easel.yml'), yaml)
  const compiled = await compileConfig(join(folder, 'easel.yml'), () => {})
  await writeFile(join(folder, 'compiled.json'), JSON.stringify(compiled))
  easel = await startEasel({
    main: './worker/index.ts',
    easelConfig: join(folder, 'compiled.json'),
    vars: { ...CREDENTIALS, EASEL_ACCESS: 'signed' },
  })
})

afterAll(async () => {
  await Promise.all([easel.close(), rm(folder, { recursive: true })])
})

describe('the OpenAPI document', () => {
  it('is served as it is stored, and stored as the schemas say (node scripts/build-openapi.ts)', async () => {
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

  it('names methods that its paths have', async () => {
    for (const { path, method } of operations) {
      const response = await easel.get(path.replaceAll(/[{}]/g, ''), { method: 'OPTIONS' })
      const allowed = response.headers.get('allow') ?? response.headers.get('access-control-allow-methods')
      expect(`${path}: ${allowed}`).toContain(method.toUpperCase())
    }
  })

  it.each(operations.filter(({ schema }) => schema))(
    '$id: its example works when pasted, and answers as documented',
    async ({ operation, schema }) => {
      const answer: unknown = JSON.parse(await pasted(operation))
      expect(errorsOf(answer, { ...schema, components: stored.components })).toEqual([])
    },
  )

  it.each(operations.filter(({ path }) => /^\/(image|i|named)(\/|$)/.test(path)))(
    '$id: its example works when pasted, and saves an image',
    async ({ operation }) => {
      await pasted(operation)
      const image = join(folder, 'image.png')
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

  it('names the codes of the errors that it is answered with', async () => {
    const { Problem } = stored.components.schemas
    const paths = ['/image?prompt=', '/image?prompt=Not+for+you', '/i/nothing', '/v1/images', '/nowhere']
    for (const path of paths) {
      expect(errorsOf(await (await easel.get(path)).json(), Problem)).toEqual([])
    }
  })
})

/** What a terminal shows once an operation's example was pasted. */
async function pasted(operation: OperationObject): Promise<string> {
  const env = { ...process.env, EASEL: easel.url.origin, EASEL_TOKEN: TOKENS.docs }
  const [{ source } = { source: 'false' }] = operation['x-codeSamples']
  const { stdout } = await run('bash', ['-c', source], { env, cwd: folder, maxBuffer: 50_000_000 })
  return stdout
}

function errorsOf(value: unknown, schema: object): readonly unknown[] {
  const isValid = new Ajv2020({ strict: false, formats: { uri: true, 'date-time': true } }).compile(schema)
  isValid(value)
  return isValid.errors ?? []
}
