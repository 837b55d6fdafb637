import { runInWorkerd } from '../../test/support/worker/workerd.ts'

/** A Worker that Easel is measured against, run as Easel's own tests run Easel. */
export interface ReferenceWorker extends AsyncDisposable {
  readonly url: URL
}

/**
 * Starts a Worker with a bucket.
 *
 * @param main  path of its entry
 * @param object  the class of its Durable Objects, if it has any, bound as `OBJECTS`
 */
export async function startReference(
  main: string,
  { vars = {}, object }: { vars?: Readonly<Record<string, string>>; object?: string } = {},
): Promise<ReferenceWorker> {
  const { url, kill } = await runInWorkerd(
    {
      compatibilityDate: '2026-11-01',
      r2Buckets: { BUCKET: 'reference' },
      bindings: vars,
      ...(object !== undefined && { durableObjects: { OBJECTS: { className: object, useSQLite: true } } }),
    },
    { main },
  )
  return { url, [Symbol.asyncDispose]: kill }
}
