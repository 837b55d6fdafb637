import { setTimeout as pause } from 'node:timers/promises'
import { startEasel } from '../../test/support/worker/easel.ts'
import { type Row, toRow } from '../support/rows.ts'

/** The operations that one request causes, by the platform's price list. */
export interface Operations {
  /** R2's class A: puts, lists and what an upload in parts consists of. */
  readonly r2Writes: number
  /** R2's class B: gets and heads. */
  readonly r2Reads: number
  /** Calls of Durable Objects. */
  readonly objectRequests: number
  /** Billed like a call. */
  readonly alarms: number
  /** In the objects' storage: a key of the key-value interface is a row. */
  readonly rowsRead: number
  /** Deleted ones count, and so does setting an alarm. */
  readonly rowsWritten: number
  readonly transformations: number
}

export type Occasion =
  | 'hit'
  | 'miss'
  | 'miss of 25 MB'
  | 'variant, generated'
  | 'variant, cached'
  | 'not found'

/** A request is done after no operation for this long, ms. */
const QUIET_MS = 150

/** The ledger deletes this many old reservations at once: over as many misses, each counts with its share. */
const MISSES = 50

/** Counts them in the real Worker, with counting bindings. */
export async function countOperations(): Promise<Record<Occasion, Operations>> {
  const easel = await startEasel({
    main: './bench/workerd/counting-worker.ts',
    emulator: { faults: [{ match: 'huge', bytes: 25_000_000 }, { bytes: 300_000 }] },
    vars: { EASEL_DAILY_BUDGET_USD: '1000' },
  })
  const get = async (path: string): Promise<void> => {
    const response = await easel.get(path)
    await response.arrayBuffer()
    if (!response.ok && response.status !== 404) throw new Error(`${path}: ${response.status}`)
  }
  const take = async () => (await (await easel.get('/bench/counts')).json()) as Record<string, number>
  const operations = async (...paths: readonly string[]): Promise<Operations> => {
    await Promise.all(paths.map(get))
    const counts: Record<string, number> = {}
    // Operations may go on after the response was sent.
    for (let more = await take(); Object.keys(more).length > 0; await pause(QUIET_MS), more = await take()) {
      for (const [what, times] of Object.entries(more)) counts[what] = (counts[what] ?? 0) + times
    }
    return classify(counts, paths.length)
  }
  try {
    // The first requests create tables, and leave old reservations to be deleted.
    await operations(...misses('early'))
    await operations('/image?prompt=early+0&w=320&format=webp')
    // An isolate's first hit goes to the ledger; those of the next minute are told together, later.
    await operations('/image?prompt=early+0')
    await get('/bench/later')
    return {
      miss: await operations(...misses('fox')),
      'miss of 25 MB': await operations('/image?prompt=huge'),
      hit: await operations('/image?prompt=fox+0'),
      'variant, generated': await operations('/image?prompt=fox+0&w=320&format=webp'),
      'variant, cached': await operations('/image?prompt=fox+0&w=320&format=webp'),
      'not found': await operations(`/i/${'0'.repeat(64)}.png`),
    }
  } finally {
    await easel.close()
  }
}

function misses(prefix: string): string[] {
  return Array.from({ length: MISSES }, (_, n) => `/image?prompt=${prefix}+${n}`)
}

function classify(counts: Readonly<Record<string, number>>, requests: number): Operations {
  const sum = (pattern: RegExp): number =>
    Object.entries(counts).reduce((all, [name, times]) => all + (pattern.test(name) ? times : 0), 0) /
    requests
  return {
    r2Writes: sum(/^r2\.(put|list|createMultipartUpload|uploadPart|complete)$/),
    r2Reads: sum(/^r2\.(get|head)$/),
    objectRequests: sum(/^do\./),
    alarms: sum(/^alarm$/),
    rowsRead: sum(/^rows read$/),
    rowsWritten: sum(/^rows written$/),
    transformations: sum(/^images\.input$/),
  }
}

const UNITS = {
  r2Reads: 'R2 reads (class B)',
  r2Writes: 'R2 writes (class A)',
  objectRequests: 'Durable Object requests',
  alarms: 'Durable Object alarms',
  rowsRead: 'Durable Object rows read',
  rowsWritten: 'Durable Object rows written',
  transformations: 'transformations',
} as const satisfies Record<keyof Operations, string>

/** A hit is one read of R2, and so is a cached variant; the ledger is told of many together. A miss calls its job, and the job the ledger twice. */
const AT_MOST: Partial<Record<Occasion, Partial<Operations>>> = {
  miss: { r2Reads: 1, r2Writes: 3, objectRequests: 3, rowsWritten: 8 },
  hit: { r2Reads: 1, r2Writes: 0, objectRequests: 0 },
  'variant, generated': { r2Reads: 2 },
  'variant, cached': { r2Reads: 1, objectRequests: 0 },
}

export function operationRows(counted: Readonly<Record<Occasion, Operations>>): Row[] {
  return (Object.keys(counted) as Occasion[]).flatMap((occasion) =>
    (Object.keys(UNITS) as (keyof Operations)[]).flatMap((what) => {
      const value = counted[occasion][what]
      const atMost = AT_MOST[occasion]?.[what]
      if (value === 0 && atMost === undefined) return []
      const bound = atMost === undefined ? {} : { bound: { of: 'value', atMost } as const }
      return [toRow({ name: `${occasion}: ${UNITS[what]}`, unit: '', values: [value], ...bound })]
    }),
  )
}
