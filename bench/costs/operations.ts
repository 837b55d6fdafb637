import { setTimeout as pause } from 'node:timers/promises'
import { startEasel } from '../../test/support/worker/easel.ts'
import { type Bound, type Row, toRow } from '../support/rows.ts'

/** What one request asks of R2 and of Durable Objects, by the platform's own price list. */
export interface Operations {
  /** R2's class A: puts and lists. */
  readonly r2Writes: number
  /** R2's class B: gets and heads. */
  readonly r2Reads: number
  /** Calls of Durable Objects, and their alarms. */
  readonly objectRequests: number
  /** Of their storage. A key of the key-value interface counts as a row, as it is billed. */
  readonly rowsRead: number
  readonly rowsWritten: number
  readonly transformations: number
}

export type Occasion = 'hit' | 'miss' | 'variant, made' | 'variant, kept' | 'not there'

/** Whoever has asked the platform for nothing for so long is done, ms. */
const QUIET_MS = 150

/** Counts them, in a Worker that is the real one but for the counting. */
export async function countOperations(): Promise<Record<Occasion, Operations>> {
  const easel = await startEasel({
    main: './bench/workerd/counting-worker.ts',
    emulator: { faults: [{ bytes: 300_000 }] },
  })
  const operations = async (path: string): Promise<Operations> => {
    await (await easel.get(path)).arrayBuffer()
    const counts: Record<string, number> = {}
    // An answer may be out before all is done that it asks for.
    for (let told = await tell(); Object.keys(told).length > 0; await pause(QUIET_MS), told = await tell()) {
      for (const [what, times] of Object.entries(told)) counts[what] = (counts[what] ?? 0) + times
    }
    return sortOut(counts)
  }
  const tell = async () => (await (await easel.get('/bench/counts')).json()) as Record<string, number>
  try {
    // The first of its kind sets up tables.
    for (const path of ['/image?prompt=first', '/image?prompt=first&w=320&format=webp'])
      await operations(path)
    return {
      miss: await operations('/image?prompt=fox'),
      hit: await operations('/image?prompt=fox'),
      'variant, made': await operations('/image?prompt=fox&w=320&format=webp'),
      'variant, kept': await operations('/image?prompt=fox&w=320&format=webp'),
      'not there': await operations(`/i/${'0'.repeat(64)}.png`),
    }
  } finally {
    await easel.close()
  }
}

function sortOut(counts: Readonly<Record<string, number>>): Operations {
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

/** DESIGN, "R2": a hit is one read. A variant reads its original's facts, too. */
const BOUNDS: Partial<Record<Occasion, Partial<Record<keyof Operations, Bound>>>> = {
  hit: {
    r2Reads: { of: 'value', atMost: 1 },
    r2Writes: { of: 'value', atMost: 0 },
    objectRequests: { of: 'value', atMost: 0 },
  },
  'variant, kept': { r2Reads: { of: 'value', atMost: 2 }, objectRequests: { of: 'value', atMost: 0 } },
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
