import { createTestHarness } from 'wrangler'

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
  const harness = createTestHarness({
    workers: [
      {
        config: {
          name: 'reference',
          main,
          compatibility_date: '2026-11-01',
          r2_buckets: [{ binding: 'BUCKET', bucket_name: 'reference' }],
          vars,
          ...(object !== undefined && {
            durable_objects: { bindings: [{ name: 'OBJECTS', class_name: object }] },
            migrations: [{ tag: 'v1', new_sqlite_classes: [object] }],
          }),
        },
      },
    ],
  })
  const { url } = await harness.listen()
  return { url, [Symbol.asyncDispose]: () => harness.close() }
}
