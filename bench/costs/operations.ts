import { setTimeout as pause } from 'node:timers/promises'
import { startEasel } from '../../test/support/worker/easel.ts'
import { type Bound, type Row, toRow } from '../support/rows.ts'

/** The operations that one request causes, by the platform's price list. */
export interface Operations {
  /** R2's class A: puts and lists. */
  readonly r2Writes: number
  /** R2's class B: gets and heads. */
  readonly r2Reads: number
  /** Calls of Durable Objects, and their alarms. */
  readonly objectRequests: number
  /** In their storage. A key of the key-value interface is billed as a row. */
  readonly rowsRead: number
  readonly rowsWritten: number
  readonly transformations: number
}

export type Occasion = 'hit' | 'miss' | 'variant, generated' | 'variant, cached' | 'not found'

/** A request is done after no operation for this long, ms. */
const QUIET_MS = 150

/** Counts them in the real Worker, with counting bindings. */
export async function countOperations(): Promise<Record<Occasion, Operations>> {
  const easel = await startEasel({
    main: './bench/workerd/counting-worker.ts',
    emulator: { faults: [{ bytes: 300_000 }] },
  })
  const operations = async (path: string): Promise<Operations> => {
    await (await easel.get(path)).arrayBuffer()
    const counts: Record<string, number> = {}
    // Operations may go on after the response was sent.
    for (let more = await take(); Object.keys(more).length > 0; await pause(QUIET_MS), more = await take()) {
      for (const [what, times] of Object.entries(more)) counts[what] = (counts[what] ?? 0) + times
    }
    return classify(counts)
  }
  const take = async () => (await (await easel.get('/bench/counts')).json()) as Record<string, number>
  try {
    // The first requests create tables.
    for (const path of ['/image?prompt=first', '/image?prompt=first&w=320&format=webp'])
      await operations(path)
    return {
      miss: await operations('/image?prompt=fox'),
      hit: await operations('/image?prompt=fox'),
      'variant, generated': await operations('/image?prompt=fox&w=320&format=webp'),
      'variant, cached': await operations('/image?prompt=fox&w=320&format=webp'),
      'not found': await operations(`/i/${'0'.repeat(64)}.png`),
    }
  } finally {
    await easel.close()
  }
}

function classify(counts: Readonly<Record<string, number>>): Operations {
  const sum = (pattern: RegExp): number =>
    Object.entries(counts).reduce((all, [name, times]) => all + (pattern.test(name) ? times : 0), 0)
  return {
    r2Writes: sum(/^r2\.(put|list|createMultipartUpload)$/),
    r2Reads: sum(/^r2\.(get|head)$/),
    objectRequests: sum(/^do\./),
    rowsRead: sum(/^sql\.rows read$|^storage\.(get|list|getAlarm)$/),
    rowsWritten: sum(/^sql\.rows written$|^storage\.(put|delete|deleteAll|setAlarm)$/),
    transformations: sum(/^images\.input$/),
  }
}

const UNITS = {
  r2Reads: 'R2 reads (class B)',
  r2Writes: 'R2 writes (class A)',
  objectRequests: 'Durable Object requests',
  rowsRead: 'Durable Object rows read',
  rowsWritten: 'Durable Object rows written',
  transformations: 'transformations',
} as const satisfies Record<keyof Operations, string>

/** A hit is one read of R2. A variant also reads the facts of its original. */
const BOUNDS: Partial<Record<Occasion, Partial<Record<keyof Operations, Bound>>>> = {
  hit: {
    r2Reads: { of: 'value', atMost: 1 },
    r2Writes: { of: 'value', atMost: 0 },
    objectRequests: { of: 'value', atMost: 0 },
  },
  'variant, cached': { r2Reads: { of: 'value', atMost: 2 }, objectRequests: { of: 'value', atMost: 0 } },
}

export function operationRows(counted: Readonly<Record<Occasion, Operations>>): Row[] {
  return (Object.keys(counted) as Occasion[]).flatMap((occasion) =>
    (Object.keys(UNITS) as (keyof Operations)[]).flatMap((what) => {
      const bound = BOUNDS[occasion]?.[what]
      const value = counted[occasion][what]
      if (value === 0 && !bound) return []
      return [
        toRow({ name: `${occasion}: ${UNITS[what]}`, unit: '', values: [value], ...(bound && { bound }) }),
      ]
    }),
  )
}
