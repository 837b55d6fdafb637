import { createHash, randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { Hono } from 'hono'
import * as z from 'zod'
import { blobRoutes, type Blob } from './blob-storage.ts'
import { createFaults, type Faults } from './faults.ts'
import type { RunArtifact } from './world.ts'

/** An artifact as a run's page lists it. */
export interface StoredArtifact {
  readonly id: number
  readonly name: string
  readonly mimeType: string
  readonly createdAt: string
  /** If the request named one. */
  readonly expiresAt?: string
  readonly digest: string
  readonly bytes: Buffer
  readonly run: RunArtifact['run']
}

export interface ArtifactService extends Pick<Faults, 'requests' | 'add'>, AsyncDisposable {
  readonly url: string
  /** Finalized artifacts, in order. */
  readonly artifacts: readonly StoredArtifact[]
  /** From now on, artifacts are of another run. */
  nextRun(options?: { readonly branch?: string; readonly sha?: string; readonly isOfFork?: boolean }): void
  /** The environment that the runner gives to an action. */
  readonly env: Readonly<Record<string, string>>
}

export interface ArtifactOptions {
  /** The longest retention that the repository allows, in days. */
  readonly maxRetentionDays?: number
}

const RUN = 'ce7f54c7-61c7-4aae-887f-30da475f5f1a'
const JOB = 'ca395085-040a-526b-2ce8-bdc85f692774'
const DAY_MS = 24 * 60 * 60 * 1000
const REFUSED_IN_NAMES = /[":<>|*?\r\n\\/]/

const ids = { workflow_run_backend_id: z.string(), workflow_job_run_backend_id: z.string() }
const createBody = z.strictObject({
  ...ids,
  name: z.string(),
  expires_at: z.iso.datetime().optional(),
  version: z.int(),
  mime_type: z.string().optional(),
})
const finalizeBody = z.strictObject({
  ...ids,
  name: z.string(),
  size: z.string().regex(/^\d+$/),
  hash: z.string().optional(),
})
const listBody = z.strictObject({
  ...ids,
  name_filter: z.string().optional(),
  id_filter: z.string().optional(),
})
const nameBody = z.strictObject({ ...ids, name: z.string() })

class TwirpError extends Error {
  override readonly name = 'TwirpError'
  readonly code: keyof typeof STATUS

  constructor(code: keyof typeof STATUS, message: string) {
    super(message)
    this.code = code
  }
}

const STATUS = {
  invalid_argument: 400,
  malformed: 400,
  unauthenticated: 401,
  permission_denied: 403,
  not_found: 404,
  already_exists: 409,
} as const

interface Upload {
  readonly name: string
  readonly mimeType: string
  readonly expiresAt?: string
  readonly blob: Blob
}

/** The artifact service (version 4 and later) and its storage, on a free port. */
export async function serveArtifacts({
  maxRetentionDays = 90,
}: ArtifactOptions = {}): Promise<ArtifactService> {
  const artifacts: StoredArtifact[] = []
  const uploads = new Map<string, Upload>()
  const blobs = new Map<string, Blob>()
  const token = runtimeToken()
  const faults = createFaults()
  let url = ''
  let lastId = 4241
  let current: RunArtifact['run'] = { id: 77, branch: 'main', isOfFork: false }

  const newBlob = (name: string, mimeType: string): Blob => {
    const blob: Blob = { id: randomUUID(), signature: randomUUID(), name, mimeType, blocks: new Map() }
    blobs.set(blob.id, blob)
    return blob
  }
  const urlOf = ({ id, signature }: Blob): string => `${url}/storage/${id}?sig=${signature}&se=soon&sp=rw`

  /** The methods of the service. */
  const methods: Readonly<Record<string, (body: unknown) => object>> = {
    CreateArtifact(body) {
      const { name, version, expires_at, mime_type = 'application/zip' } = parse(createBody, body)
      if (version !== 7) throw new TwirpError('invalid_argument', `version ${version} is not supported`)
      checkName(name)
      if (expires_at !== undefined) checkExpiry(expires_at, maxRetentionDays)
      if (artifacts.some((one) => one.name === name && one.run === current)) {
        throw new TwirpError(
          'already_exists',
          'an artifact with this name already exists on the workflow run',
        )
      }
      const blob = newBlob(name, mime_type)
      uploads.set(name, {
        name,
        mimeType: mime_type,
        blob,
        ...(expires_at !== undefined && { expiresAt: expires_at }),
      })
      return { ok: true, signed_upload_url: urlOf(blob) }
    },
    FinalizeArtifact(body) {
      const { name, size, hash } = parse(finalizeBody, body)
      const upload = uploads.get(name)
      if (!upload) throw new TwirpError('not_found', 'artifact was not created')
      const { content } = upload.blob
      if (!content) throw new TwirpError('invalid_argument', 'nothing was uploaded')
      const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`
      if (Number(size) !== content.length) throw new TwirpError('invalid_argument', 'size does not match')
      if (hash !== undefined && hash !== digest)
        throw new TwirpError('invalid_argument', 'hash does not match')
      uploads.delete(name)
      const id = ++lastId
      const { mimeType, expiresAt } = upload
      const createdAt = new Date().toISOString()
      artifacts.push({
        id,
        name,
        mimeType,
        createdAt,
        digest,
        bytes: content,
        run: current,
        ...(expiresAt !== undefined && { expiresAt }),
      })
      return { ok: true, artifact_id: String(id) }
    },
    ListArtifacts(body) {
      const { name_filter, id_filter } = parse(listBody, body)
      const found = artifacts.filter(
        ({ id, name }) => name === (name_filter ?? name) && String(id) === (id_filter ?? String(id)),
      )
      return {
        artifacts: found.map(({ id, name, createdAt, digest, bytes }) => ({
          workflow_run_backend_id: RUN,
          workflow_job_run_backend_id: JOB,
          database_id: String(id),
          name,
          size: String(bytes.length),
          created_at: createdAt,
          digest,
        })),
      }
    },
    GetSignedArtifactURL(body) {
      const { name } = parse(nameBody, body)
      const artifact = artifacts.find((one) => one.name === name)
      if (!artifact) throw new TwirpError('not_found', 'artifact not found')
      const blob = newBlob(artifact.mimeType === 'application/zip' ? `${name}.zip` : name, artifact.mimeType)
      blob.content = artifact.bytes
      return { signed_url: urlOf(blob) }
    },
    DeleteArtifact(body) {
      const { name } = parse(nameBody, body)
      const at = artifacts.findIndex((one) => one.name === name)
      const [artifact] = at < 0 ? [] : artifacts.splice(at, 1)
      if (!artifact) throw new TwirpError('not_found', 'artifact not found')
      return { ok: true, artifact_id: String(artifact.id) }
    },
  }

  const app = new Hono()
  app.use(faults.middleware)
  app.onError((error, c) => {
    if (error instanceof TwirpError)
      return c.json({ code: error.code, msg: error.message }, STATUS[error.code])
    console.error(error)
    return c.json({ code: 'internal', msg: `The double failed: ${error.message}` }, 500)
  })
  app.route('/storage', blobRoutes(blobs))
  app.post('/twirp/github.actions.results.api.v1.ArtifactService/:method', async (c) => {
    if (c.req.header('authorization') !== `Bearer ${token}`) {
      throw new TwirpError('unauthenticated', 'the runtime token is missing or wrong')
    }
    if (!c.req.header('content-type')?.startsWith('application/json')) {
      throw new TwirpError('malformed', 'unexpected Content-Type')
    }
    const body: unknown = await c.req.json()
    const { workflow_run_backend_id: run, workflow_job_run_backend_id: job } = parse(z.looseObject(ids), body)
    if (run !== RUN || job !== JOB) throw new TwirpError('permission_denied', 'the token is of another run')
    const method = methods[c.req.param('method')]
    if (!method) throw new TwirpError('not_found', 'no such method')
    return c.json(method(body))
  })

  const server = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    artifacts,
    nextRun: ({ branch = 'main', sha, isOfFork = false } = {}) => {
      current = { id: current.id + 1, branch, ...(sha !== undefined && { sha }), isOfFork }
    },
    requests: faults.requests,
    add: faults.add,
    env: {
      ACTIONS_RUNTIME_TOKEN: token,
      // The runner's URL has a path after the origin.
      ACTIONS_RESULTS_URL: `${url}/`,
      GITHUB_RUN_ID: '77',
    },
    async [Symbol.asyncDispose]() {
      if ('closeAllConnections' in server) server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function parse<T extends z.ZodType>(schema: T, body: unknown): z.infer<T> {
  const parsed = schema.safeParse(body)
  if (!parsed.success) throw new TwirpError('malformed', z.prettifyError(parsed.error))
  return parsed.data
}

function checkName(name: string): void {
  if (name === '' || REFUSED_IN_NAMES.test(name)) {
    throw new TwirpError('invalid_argument', `the name ${JSON.stringify(name)} is not valid`)
  }
}

function checkExpiry(expiresAt: string, maxRetentionDays: number): void {
  const left = Date.parse(expiresAt) - Date.now()
  // One hour of tolerance: not every day has 24 hours.
  if (left > 0 && left <= maxRetentionDays * DAY_MS + 3_600_000) return
  throw new TwirpError('invalid_argument', 'expires_at is not within the allowed retention')
}

/** A token like the runner's. The client reads run and job from it, and doesn't verify its signature. */
function runtimeToken(): string {
  const scp = `Actions.GenericRead:00000000-0000-0000-0000-000000000000 Actions.Results:${RUN}:${JOB}`
  return `${base64url({ alg: 'RS256', typ: 'JWT' })}.${base64url({ scp, exp: 4_102_444_800 })}.c2lnbmF0dXJl`
}

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
