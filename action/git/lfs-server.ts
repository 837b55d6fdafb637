import { setTimeout as sleep } from 'node:timers/promises'
import pMap from 'p-map'
import type { LfsPointer } from './lfs-pointer.ts'

/** The server has no Git LFS, or refuses something. The message says what to change. */
class LfsError extends Error {
  override readonly name = 'LfsError'
}

/** The server of Git LFS for a repository. */
export interface LfsServer {
  /** Such as `https://github.com/octo/docs.git/info/lfs`. */
  readonly url: string
  /** The value of the header. */
  readonly authorization: string
}

/** A file to upload. */
export interface LfsObject extends LfsPointer {
  readonly read: () => Promise<Uint8Array<ArrayBuffer>>
}

interface Action {
  readonly href: string
  readonly header?: Readonly<Record<string, string>>
}

/** What the server wants done for an object. */
type Actions = Readonly<Partial<Record<'upload' | 'verify' | 'download', Action>>>

interface BatchResponse {
  readonly objects?: readonly {
    readonly oid: string
    readonly actions?: Actions
    readonly error?: { readonly message: string }
  }[]
}

const MEDIA_TYPE = 'application/vnd.git-lfs+json'

/** Objects in one request: servers accept at least as many. */
const BATCH_MAX = 100

/** Objects sent at the same time; memory holds each. */
const UPLOADS_AT_ONCE = 4

/** Attempts for a request: every one is safe to repeat, because objects are named by their content. */
const TRIES_MAX = 4

/** Delay before the first retry, in milliseconds; doubled for each further one. */
const RETRY_MS = 500

/** Timeout of one request, in milliseconds. */
const TIMEOUT_MS = 180_000

/** The empty file. Asking to upload it changes nothing, and tells whether uploads work. */
const EMPTY: LfsPointer = {
  sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  bytes: 0,
}

/** @throws {LfsError} when there is no Git LFS, or uploads aren't allowed */
export async function checkLfs(server: LfsServer): Promise<void> {
  await batch(server, 'upload', [EMPTY])
}

/** Uploads what the server doesn't have yet. A commit may point to it from then on. */
export async function uploadToLfs(server: LfsServer, objects: readonly LfsObject[]): Promise<void> {
  for (let at = 0; at < objects.length; at += BATCH_MAX) {
    const some = objects.slice(at, at + BATCH_MAX)
    const actionsFor = await batch(server, 'upload', some)
    await pMap(some, (object) => upload(object, actionsFor(object)), { concurrency: UPLOADS_AT_ONCE })
  }
}

/** Downloads the file behind a pointer. The caller checks its hash. */
export async function downloadFromLfs(
  server: LfsServer,
  pointer: LfsPointer,
): Promise<Uint8Array<ArrayBuffer>> {
  const { download } = (await batch(server, 'download', [pointer]))(pointer)
  if (!download) throw new LfsError(`Git LFS doesn’t have ${pointer.sha256}.`)
  return new Uint8Array(await (await send('GET', download)).arrayBuffer())
}

async function upload({ sha256: oid, bytes: size, read }: LfsObject, actions: Actions): Promise<void> {
  if (actions.upload) await send('PUT', actions.upload, await read(), 'application/octet-stream')
  if (actions.verify) await send('POST', actions.verify, JSON.stringify({ oid, size }), MEDIA_TYPE)
}

/** @returns a function that finds what to do for one of the objects, or throws when the server refuses it */
async function batch(
  { url, authorization }: LfsServer,
  operation: 'upload' | 'download',
  pointers: readonly LfsPointer[],
): Promise<(pointer: LfsPointer) => Actions> {
  const objects = pointers.map(({ sha256, bytes }) => ({ oid: sha256, size: bytes }))
  const body = JSON.stringify({ operation, transfers: ['basic'], hash_algo: 'sha256', objects })
  const header = { Authorization: authorization, Accept: MEDIA_TYPE }
  const response = await send('POST', { href: `${url}/objects/batch`, header }, body, MEDIA_TYPE)
  const { objects: answers = [] } = (await response.json()) as BatchResponse
  return ({ sha256 }) => {
    const answer = answers.find(({ oid }) => oid === sha256)
    if (answer && !answer.error) return answer.actions ?? {}
    throw new LfsError(`Git LFS refused ${sha256}: ${answer?.error?.message ?? 'no answer'}.`)
  }
}

async function send(
  method: string,
  { href, header = {} }: Action,
  body?: string | Uint8Array<ArrayBuffer>,
  contentType?: string,
): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    const answer = await fetch(href, {
      method,
      headers: { ...(contentType !== undefined && { 'Content-Type': contentType }), ...header },
      ...(body !== undefined && { body }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((error: unknown) => error)
    if (answer instanceof Response && answer.ok) return answer
    if (attempt === TRIES_MAX || !isTransient(answer)) throw await refusalOf(answer)
    await sleep(RETRY_MS * 2 ** (attempt - 1))
  }
}

/** @param answer  a response, or why there is none */
function isTransient(answer: unknown): boolean {
  return !(answer instanceof Response) || answer.status === 429 || answer.status >= 500
}

async function refusalOf(answer: unknown): Promise<LfsError> {
  if (!(answer instanceof Response)) {
    return new LfsError(`The server of Git LFS can’t be reached: ${String(answer)}.`, { cause: answer })
  }
  const text = (await answer.text()).slice(0, 200).trim()
  const advice = isTransient(answer)
    ? 'Run the job again later.'
    : 'Turn Git LFS on for the repository, or take the images out of it.'
  return new LfsError(
    `The images are in Git LFS (.gitattributes), and its server responded with ${answer.status}: ${text}. ${advice}`,
  )
}
