import type { Env } from '../../../worker/env.ts'
import type { Binding, Call } from '../worker/fault-rules.ts'

// Bindings that ask the test before and after each operation whether it should fail.

/** Variables that tests set: the control's address, and how many times longer the Worker waits for what stalls. */
interface TestVars extends Pick<Env, 'OPENROUTER_BASE_URL'> {
  readonly TEST_FAULTS_URL?: string
  readonly TEST_PATIENCE?: string
}

type TestEnv = Env & TestVars

/**
 * The same environment, with R2 and the ledger under the test's control.
 *
 * @param job  the fingerprint of the job whose environment it is
 */
export function withFaults(env: TestEnv, job = ''): Env {
  return {
    ...env,
    BUCKET: faultyBucket(env.BUCKET, env),
    BUDGET: faultyStubs(env.BUDGET, (ledger) => faultyLedger(ledger, env, job)),
    JOBS: faultyStubs(env.JOBS, (stub) => faulty(stub, env, 'job', () => stub.name ?? '')),
  }
}

function faultyStubs<T extends Rpc.DurableObjectBranded>(
  namespace: DurableObjectNamespace<T>,
  wrap: (stub: DurableObjectStub<T>) => object,
): DurableObjectNamespace<T> {
  return new Proxy(namespace, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return (...args: unknown[]): unknown => {
        const result: unknown = Reflect.apply(member, target, args)
        return name === 'get' || name === 'getByName' ? wrap(result as DurableObjectStub<T>) : result
      }
    },
  })
}

const realFetch = globalThis.fetch

/** Holds a stall for as long as a test needs, although the Worker would give up. */
export function controlTimers({ TEST_PATIENCE: factor = '1' }: TestVars): void {
  const { setTimeout } = globalThis
  globalThis.setTimeout = ((run: () => void, ms = 0) =>
    setTimeout(run, ms * Number(factor))) as typeof setTimeout
}

/** Puts the requests to OpenRouter that cost money, and the questions what they cost, under the test's control. */
export function controlUpstream(env: TestVars): void {
  globalThis.fetch = (input, init) => {
    const [, path] = typeof input === 'string' ? input.split(env.OPENROUTER_BASE_URL ?? '') : []
    const send = (): Promise<Response> => realFetch(input, init)
    if (path?.startsWith('/generation?'))
      return withFault(env, { binding: 'upstream', op: 'lookup', key: path }, send)
    if (path === undefined || typeof init?.body !== 'string') return send()
    return withFault(env, { binding: 'upstream', op: 'generate', key: init.body }, send)
  }
}

/**
 * Does an operation as the test wants it.
 *
 * @param refuse  what happens to the operation's input when it isn't done
 */
export async function withFault<T>(
  env: TestVars,
  call: { readonly binding: Binding; readonly op: string; readonly key: string },
  operation: () => Promise<T>,
  refuse?: () => Promise<void>,
): Promise<T> {
  if ((await decision(env, { ...call, when: 'before' })) === 'throw') {
    await refuse?.()
    throw new Error(`${call.binding}: ${call.op} fails in this test`)
  }
  const result = await operation()
  if ((await decision(env, { ...call, when: 'after' })) === 'throw')
    throw new Error(`${call.binding}: the response to ${call.op} is lost in this test`)
  return result
}

async function decision(
  { TEST_FAULTS_URL: url }: TestVars,
  call: Omit<Call, 'op'> & { op: string },
): Promise<string> {
  if (!url) return 'pass'
  return (await realFetch(url, { method: 'POST', body: JSON.stringify(call) })).text()
}

function faultyBucket(bucket: R2Bucket, env: TestEnv): R2Bucket {
  return faulty(bucket, env, 'r2', (first) => r2Key(first), {
    createMultipartUpload: (upload) => faultyUpload(upload as R2MultipartUpload, env),
  })
}

function faultyUpload(upload: R2MultipartUpload, env: TestEnv): R2MultipartUpload {
  return faulty(upload, env, 'r2', () => upload.key)
}

function faultyLedger(ledger: object, env: TestEnv, job: string): object {
  return faulty(ledger, env, 'ledger', (first) => {
    const id = typeof first === 'object' && first !== null && 'id' in first ? first.id : first
    return `${job}/${String(id)}`
  })
}

/** Wraps an object whose methods are operations. All but one of R2's return promises. */
function faulty<T extends object>(
  target: T,
  env: TestEnv,
  binding: Binding,
  keyOf: (firstArgument: unknown) => string,
  wrapResult: Readonly<Record<string, (result: unknown) => unknown>> = {},
): T {
  return new Proxy(target, {
    get(real, name) {
      const member: unknown = Reflect.get(real, name)
      if (typeof member !== 'function' || typeof name !== 'string') return member
      return (...args: unknown[]): unknown => {
        const run = (): unknown => Reflect.apply(member, real, args)
        // Sends nothing to R2 itself, and returns no promise.
        if (name === 'resumeMultipartUpload') return faultyUpload(run() as R2MultipartUpload, env)
        const done = withFault(
          env,
          { binding, op: name, key: keyOf(args[0]) },
          async () => run(),
          () => drain(args[1]),
        )
        const wrap = wrapResult[name]
        return wrap ? done.then(wrap) : done
      }
    },
  })
}

/** R2 reads what it is sent, even when it then refuses it. */
async function drain(value: unknown): Promise<void> {
  if (value instanceof ReadableStream) await value.pipeTo(new WritableStream())
}

function r2Key(first: unknown): string {
  if (typeof first === 'string') return first
  if (Array.isArray(first)) return first.join(',')
  return typeof first === 'object' && first !== null && 'prefix' in first ? String(first.prefix) : ''
}
