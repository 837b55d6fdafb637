import { memoryInNode, startNode } from './in-node.ts'
import { startWorkerd } from './in-workerd.ts'
import type { WayName } from './ways.ts'
import { type Bench, type BenchOptions, interleave, type Row, toRow } from '../support/rows.ts'

const MB = 1_000_000

/** Of one native base64 decode of the same text. */
const SPEED = { of: 'ratio', atLeast: 0.6 } as const
/** However large the image is: nothing of it is held. */
const MEMORY = { of: 'value', atMost: 8 } as const

interface Host {
  readonly name: string
  /** Milliseconds for one decode. */
  time(way: WayName, bytes: number, times: number): Promise<number>
  /** Growth of memory in a process of its own, bytes. */
  memory(way: WayName, bytes: number): Promise<number>
}

/**
 * Decoding a streamed response in Node and in workerd, against one native base64 decode of the same text and against
 * reading the response whole.
 */
export const decode: Bench = { name: 'decode', measure }

async function measure({ quick }: BenchOptions): Promise<Row[]> {
  const node = startNode()
  const workerd = await startWorkerd()
  const hosts: readonly Host[] = [
    { name: 'Node', time: node.time, memory: memoryInNode },
    { name: 'workerd', time: workerd.time, memory: memoryInWorkerd },
  ]
  const rows: Row[] = []
  try {
    for (const host of hosts) {
      for (const megabytes of quick ? [1, 8] : [1, 8, 32])
        rows.push(...(await rowsOf(host, megabytes, quick)))
    }
  } finally {
    node.close()
    await workerd.close()
  }
  return rows
}

async function rowsOf(host: Host, megabytes: number, quick: boolean): Promise<Row[]> {
  // Small images are decoded many times, or the clock and the compiler would dominate.
  const time = (way: WayName) => () => host.time(way, megabytes * MB, Math.ceil(192 / megabytes ** 2))
  const ms = await interleave(
    {
      easel: time('easel'),
      drained: time('drained'),
      buffered: time('buffered'),
      nativeFromBytes: time('nativeFromBytes'),
    },
    { rounds: quick ? 2 : 11, warmUp: quick ? 1 : 3 },
  )
  // Receiving the bytes is not part of decoding, so the time for draining the stream is subtracted.
  const speeds = ms.easel.map((taken, round) => megabytes / (taken - (ms.drained[round] ?? 0)))
  const memory = (await host.memory('easel', megabytes * MB)) / MB
  const buffered = (await host.memory('buffered', megabytes * MB)) / MB
  const name = `decoding a response of ${megabytes} MB in ${host.name}`
  return [
    toRow({
      name: `${name}: speed`,
      unit: 'MB/ms',
      values: speeds,
      against: 'one native decode',
      references: ms.nativeFromBytes.map((taken) => megabytes / taken),
      bound: SPEED,
    }),
    toRow({
      name,
      unit: 'ms',
      values: ms.easel,
      against: 'text, JSON.parse, decode',
      references: ms.buffered,
    }),
    toRow({
      name: `${name}: memory grows by`,
      unit: 'MB',
      values: [memory],
      against: 'text, JSON.parse, decode',
      references: [buffered],
      bound: MEMORY,
    }),
  ]
}

async function memoryInWorkerd(way: WayName, bytes: number): Promise<number> {
  const workerd = await startWorkerd()
  try {
    return await workerd.memory(way, bytes)
  } finally {
    await workerd.close()
  }
}
