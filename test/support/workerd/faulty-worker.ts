import worker, { Budget, Gallery, GenerationJob as RealJob, VariantJob } from '../../../worker/index.ts'
import type { Env } from '../../../worker/env.ts'

// The Worker as it is, but for its jobs: R2 under them fails, or holds still, when an object under `test/`
// says so, which tests write; and they can be made to crash, as when their machine does.

/** Number of puts of images that still fail. */
const FAILING = 'test/failing-puts'
/** While it is there, a put of a first image is done, and its caller doesn't hear of it. */
const HOLDING = 'test/holding'
/** While it is there, no put of an image begins. */
const STANDING = 'test/standing'

/** While it is there, no job begins. */
const NOT_BEGINNING = 'test/not-beginning'

export class GenerationJob extends RealJob {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, { ...env, BUCKET: faulty(env.BUCKET) })
  }

  override async alarm(): Promise<void> {
    while (await this.env.BUCKET.head(NOT_BEGINNING)) await scheduler.wait(20)
    await super.alarm()
  }

  /** Ends this object at once, whatever it does. What it has stored stays. */
  crash(): void {
    this.ctx.abort('crashed by a test')
  }

  /** Delivers the alarm another time. */
  async ringAgain(): Promise<void> {
    await super.alarm()
  }
}

function faulty(bucket: R2Bucket): R2Bucket {
  return new Proxy(bucket, {
    get(target, name) {
      if (name === 'put')
        return (key: string, value: ReadableStream, options: R2PutOptions) => put(target, key, value, options)
      const member: unknown = Reflect.get(target, name)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
}

async function put(
  bucket: R2Bucket,
  key: string,
  value: ReadableStream,
  options: R2PutOptions,
): Promise<R2Object> {
  while (/^images\/.*\/\d$/.test(key) && (await bucket.head(STANDING))) await scheduler.wait(20)
  const left = Number((await (await bucket.get(FAILING))?.text()) ?? 0)
  if (left > 0 && /^images\/.*\/\d$/.test(key)) {
    await bucket.put(FAILING, String(left - 1))
    // R2 reads what it is sent, even when it then refuses it.
    await value.pipeTo(new WritableStream())
    throw new Error('R2 is not well')
  }
  const object = await bucket.put(key, value, options)
  while (/^images\/.*\/0$/.test(key) && (await bucket.head(HOLDING))) await scheduler.wait(20)
  return object
}

export { Budget, Gallery, VariantJob }
export default worker
