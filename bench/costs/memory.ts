import { setTimeout as pause } from 'node:timers/promises'
import { startEasel } from '../../test/support/worker/easel.ts'
import { memoryRise, residentMb, withProcesses } from '../support/processes.ts'
import { startReference } from '../support/reference-worker.ts'
import { type Row, toRow } from '../support/rows.ts'
import { drain, startUpstream } from '../support/upstream.ts'

const MB = 1e6

/** Beside a bare Worker that stores the same. Locally, R2 and the objects' storage are in the same process. */
const BESIDE_BARE = { of: 'ratio', atMost: 1.3 } as const

const AT_ONCE = { images: 8, bytes: 25 * MB } as const
const IN_ONE = { images: 10, bytes: 24 * MB, atMostMb: 100 } as const
const SMALL = { misses: 4000, bytes: 20_000, concurrency: 16 } as const

/** Longer than workerd keeps an object that nobody uses, milliseconds. */
const EVICTED_MS = 15_000

type Get = (what: number | string) => Promise<Response>

/** The memory of workerd: how far it rises while images are generated, and what it holds after many. */
export async function memoryRows(quick: boolean): Promise<Row[]> {
  const rows = [...(await riseAtOnce(quick ? 1 : 3)), await riseInOne()]
  return quick ? rows : [...rows, await heldAfterMany()]
}

async function riseAtOnce(rounds: number): Promise<Row[]> {
  const rises = { ours: [] as number[], bare: [] as number[] }
  const { images, bytes } = AT_ONCE
  for (let round = 0; round < rounds; round++) {
    const together = (get: Get) => () =>
      Promise.all(Array.from({ length: images }, (_, n) => drain(get(n), bytes * 0.98)))
    rises.ours.push(await withEasel([{ bytes }], (get, ids) => memoryRise(ids, together(get))))
    const get: BareGet = (url, what) =>
      fetch(new URL(`/parts?key=${what}&bytes=${typeof what === 'number' ? bytes : SMALL.bytes}`, url))
    rises.bare.push(await withBare(get, (bare, ids) => memoryRise(ids, together(bare))))
  }
  const row = { name: `${images} misses of 25 MB at once: memory of workerd grows by`, unit: 'MB' }
  return [
    toRow({
      ...row,
      values: rises.ours,
      against: 'a bare Worker that uploads them in parts and reads them back',
      references: rises.bare,
      bound: BESIDE_BARE,
    }),
    toRow({
      ...row,
      name: `${row.name}, beyond the bare Worker`,
      values: rises.ours.map((rise, round) => rise - (rises.bare[round] ?? Number.NaN)),
    }),
  ]
}

/**
 * After one such image: the first has the local R2 grow by a hundred megabytes, with the bare Worker as with Easel,
 * and what matters here is that memory doesn't depend on the number of images.
 */
async function riseInOne(): Promise<Row> {
  const { images, bytes, atMostMb } = IN_ONE
  const faults = [
    { match: 'one', bytes },
    { bytes, images },
  ]
  const rise = await withEasel(faults, async (get, ids) => {
    await drain(get('one'))
    return memoryRise(ids, () => drain(get('several'), bytes * 0.98))
  })
  return toRow({
    name: `${images} images of 24 MB in one response: memory of workerd grows by`,
    unit: 'MB',
    values: [rise],
    bound: { of: 'value', atMost: atMostMb },
  })
}

async function heldAfterMany(): Promise<Row> {
  const { misses, bytes, concurrency } = SMALL
  const held = async (get: Get, ids: readonly number[]): Promise<number> => {
    let next = 0
    await Promise.all(
      Array.from({ length: concurrency }, async () => {
        while (next < misses) await drain(get(next++), bytes * 0.9)
      }),
    )
    await pause(EVICTED_MS)
    return residentMb(ids)
  }
  const ours = await withEasel([{ bytes }], held)
  const bare = await withBare((url, what) => fetch(new URL(`/object?key=${what}&bytes=${bytes}`, url)), held)
  return toRow({
    name: `memory of workerd after ${misses} misses of ${bytes / 1000} kB`,
    unit: 'MB',
    values: [ours],
    against: 'a bare Worker with an object and R2, after the same',
    references: [bare],
    bound: BESIDE_BARE,
  })
}

/** In a process of its own that has generated a few small images. */
async function withEasel<T>(
  faults: readonly object[],
  measure: (get: Get, ids: readonly number[]) => Promise<T>,
): Promise<T> {
  await using upstream = await startUpstream({ match: 'warm', bytes: SMALL.bytes }, ...faults)
  const [easel, ids] = await withProcesses(() =>
    startEasel({ vars: { OPENROUTER_BASE_URL: upstream.url, EASEL_DAILY_BUDGET_USD: '100000' } }),
  )
  try {
    for (let n = 0; n < 3; n++) await drain(easel.get(`/image?prompt=warm+${n}`))
    return await measure((what) => easel.get(`/image?prompt=${what}`), ids)
  } finally {
    await easel.close()
  }
}

type BareGet = (url: URL, what: number | string) => Promise<Response>

async function withBare<T>(
  get: BareGet,
  measure: (get: Get, ids: readonly number[]) => Promise<T>,
): Promise<T> {
  const [bare, ids] = await withProcesses(() =>
    startReference('./bench/workerd/storing-worker.ts', { object: 'Storing' }),
  )
  try {
    for (let n = 0; n < 3; n++) await drain(get(bare.url, `warm ${n}`))
    return await measure((what) => get(bare.url, what), ids)
  } finally {
    await bare[Symbol.asyncDispose]()
  }
}
