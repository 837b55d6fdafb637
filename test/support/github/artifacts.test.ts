import { createHash, randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DefaultArtifactClient } from '@actions/artifact'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type ArtifactService, serveArtifacts } from './artifacts.ts'

const SERVICE = '/twirp/github.actions.results.api.v1.ArtifactService'
const IDS = {
  workflow_run_backend_id: 'ce7f54c7-61c7-4aae-887f-30da475f5f1a',
  workflow_job_run_backend_id: 'ca395085-040a-526b-2ce8-bdc85f692774',
}

let service: ArtifactService
let folder: string

beforeEach(async () => {
  service = await serveArtifacts()
  folder = await mkdtemp(join(tmpdir(), 'easel-artifacts-'))
  for (const [name, value] of Object.entries(service.env)) vi.stubEnv(name, value)
  vi.stubEnv('GITHUB_SERVER_URL', 'http://github.localhost:1')
  vi.spyOn(process.stdout, 'write').mockReturnValue(true)
})

afterEach(async () => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  await service[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

async function file(path: string, bytes: Uint8Array | string): Promise<string> {
  await mkdir(dirname(join(folder, path)), { recursive: true })
  await writeFile(join(folder, path), bytes)
  return join(folder, path)
}

/** Calls the service like the client's generated code. */
async function call(
  method: string,
  body: object,
  token = service.env['ACTIONS_RUNTIME_TOKEN'],
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${service.url}${SERVICE}/${method}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

function create(name: string): Promise<{ status: number; body: Record<string, unknown> }> {
  return call('CreateArtifact', { ...IDS, name, version: 7 })
}

function finalize(size: string, hash: string): Promise<{ status: number; body: Record<string, unknown> }> {
  return call('FinalizeArtifact', { ...IDS, name: 'a', size, hash })
}

async function put(address: string, content: string, headers = {}): Promise<number> {
  return (await fetch(address, { method: 'PUT', body: content, headers })).status
}

function blockList(...ids: string[]): string {
  return `<BlockList>${ids.map((id) => `<Latest>${id}</Latest>`).join('')}</BlockList>`
}

describe('the artifact client', () => {
  it('uploads files with their paths, in blocks, and gets back what it sent', async () => {
    const big = randomBytes(17 * 1024 * 1024)
    const files = [await file('docs/img/a.png', 'image a'), await file('big.png', big)]
    const client = new DefaultArtifactClient()

    const { id, digest, size } = await client.uploadArtifact('images', files, folder, {
      retentionDays: 7,
      compressionLevel: 0,
    })
    await client.downloadArtifact(id ?? 0, { path: join(folder, 'out') })

    expect(service.artifacts).toMatchObject([
      { id, name: 'images', mimeType: 'application/zip', digest: `sha256:${digest}` },
    ])
    expect(service.artifacts[0]?.bytes).toHaveLength(size ?? 0)
    expect(service.requests.filter(({ path }) => path.includes('comp=block&'))).toHaveLength(3)
    const days = (Date.parse(service.artifacts[0]?.expiresAt ?? '') - Date.now()) / 86_400_000
    expect(Math.round(days)).toBe(7)
    expect(await readFile(join(folder, 'out/docs/img/a.png'), 'utf8')).toBe('image a')
    expect((await readFile(join(folder, 'out/big.png'))).equals(big)).toBe(true)
  })

  it('uploads a single file unzipped, under its own type and name', async () => {
    const bytes = randomBytes(1000)
    const path = await file('a.png', bytes)

    await new DefaultArtifactClient().uploadArtifact('', [path], folder, { skipArchive: true })

    const [artifact] = service.artifacts
    expect(artifact).toMatchObject({ name: 'a.png', mimeType: 'image/png' })
    expect(artifact?.bytes.equals(bytes)).toBe(true)
  })

  it('gets an error for a name in use, and can delete that artifact', async () => {
    const path = await file('a.png', 'a')
    const client = new DefaultArtifactClient()
    await client.uploadArtifact('images', [path], folder)

    await expect(client.uploadArtifact('images', [path], folder)).rejects.toThrow('already exists')
    await client.deleteArtifact('images')
    await client.uploadArtifact('images', [path], folder)

    expect(service.artifacts).toHaveLength(1)
  })
})

describe('the service', () => {
  it.each(['a/b', 'a\\b', 'a"b', 'a:b', 'a<b', 'a>b', 'a|b', 'a*b', 'a?b', 'a\nb', 'a\rb', ''])(
    'refuses the name %j',
    async (name) => {
      expect(await create(name)).toMatchObject({ status: 400, body: { code: 'invalid_argument' } })
    },
  )

  it('refuses unknown tokens, other runs, unknown fields, other versions and too long a retention', async () => {
    const good = { ...IDS, name: 'a', version: 7 }
    const far = new Date(Date.now() + 400 * 86_400_000).toISOString()

    expect(await call('CreateArtifact', good, 'wrong')).toMatchObject({ status: 401 })
    expect(await call('CreateArtifact', { ...good, workflow_run_backend_id: 'x' })).toMatchObject({
      status: 403,
    })
    expect(await call('CreateArtifact', { ...good, colour: 'red' })).toMatchObject({ status: 400 })
    expect(await call('CreateArtifact', { ...good, version: 4 })).toMatchObject({ status: 400 })
    expect(await call('CreateArtifact', { ...good, expires_at: far })).toMatchObject({ status: 400 })
    expect(service.artifacts).toEqual([])
  })

  it('accepts only signed URLs without a bearer token, and only blocks that it has', async () => {
    const { body } = await create('a')
    const url = String(body['signed_upload_url'])

    expect(await put(`${url.replace(/sig=[^&]*/, 'sig=x')}&comp=block&blockid=QQ==`, 'x')).toBe(403)
    expect(await put(`${url}&comp=block&blockid=QQ==`, 'x', { Authorization: 'Bearer x' })).toBe(400)
    expect(await put(`${url}&comp=block&blockid=QQ==`, '')).toBe(400)
    expect(await put(`${url}&comp=block&blockid=QQ==`, 'x')).toBe(201)
    expect(await put(`${url}&comp=blocklist`, blockList('Qg=='))).toBe(400)
    expect(await put(`${url}&comp=blocklist`, blockList('QQ=='))).toBe(201)
  })

  it('assembles blocks in the order of the list, and verifies size and digest', async () => {
    const { body } = await create('a')
    const url = String(body['signed_upload_url'])
    await Promise.all(
      ['world', 'hello '].map((content, at) =>
        fetch(`${url}&comp=block&blockid=${at === 0 ? 'Qg==' : 'QQ=='}`, { method: 'PUT', body: content }),
      ),
    )
    await fetch(`${url}&comp=blocklist`, { method: 'PUT', body: blockList('QQ==', 'Qg==') })
    const hash = `sha256:${createHash('sha256').update('hello world').digest('hex')}`

    expect(await finalize('10', hash)).toMatchObject({ status: 400, body: { msg: 'size does not match' } })
    expect(await finalize('11', 'sha256:00')).toMatchObject({
      status: 400,
      body: { msg: 'hash does not match' },
    })
    expect(await finalize('11', hash)).toEqual({ status: 200, body: { ok: true, artifact_id: '4242' } })
    expect(service.artifacts[0]?.bytes.toString()).toBe('hello world')
  })

  it('applies faults', async () => {
    service.add({
      path: /CreateArtifact/,
      times: 1,
      response: { status: 503, body: { code: 'unavailable' } },
    })

    expect(await create('a')).toMatchObject({ status: 503 })
    expect(await create('a')).toMatchObject({ status: 200 })
  })
})
