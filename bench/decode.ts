/**
 * Speed and memory of decoding a streamed answer, in Node and in workerd, beside reading it whole and beside
 * one native base64 decode of the same text.
 *
 *     node --expose-gc bench/decode.ts [--json FILE]
 *
 * All ways take turns in one run, warmed up; medians.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { memoryInNode, timeInNode } from './decode/in-node.ts'
import { startWorkerd } from './decode/in-workerd.ts'
import type { WayName } from './decode/ways.ts'

const MB = 1_000_000
const SIZES_MB = [1, 8, 32]
const WAYS: readonly WayName[] = [
  'easel',
  'escaped',
  'drained',
  'buffered',
  'nativeFromBytes',
  'nativeFromText',
]
const WARM_UP_ROUNDS = 4
const ROUNDS = 15

/** DESIGN, "Budgets" and "Reading the answer". */
const LEAST_SPEED = 0.6
const mostMemory = (bytes: number): number => 1.25 * bytes + 4 * 2 ** 20

interface Row {
  readonly host: 'Node' | 'workerd'
  readonly megabytes: number
  /** Milliseconds, medians. */
  readonly ms: Readonly<Record<WayName, number>>
  /** Growth of resident memory, MB. */
  readonly memory: Readonly<Record<'easel' | 'buffered', number>>
  /**
   * Speed of the decoding as a share of one native decode of the same text, from bytes and with the text at
   * hand. That the stream brings the bytes is no part of decoding: reading it for nothing is taken off.
   */
  readonly speed: number
  readonly speedWithTextAtHand: number
  readonly withinBounds: boolean
}

const { values } = parseArgs({ options: { json: { type: 'string' } } })
const rows = [...(await inNode()), ...(await inWorkerd())]
print(rows)
if (values.json) writeFileSync(values.json, `${JSON.stringify({ decode: rows }, null, 2)}\n`)
if (rows.some(({ withinBounds }) => !withinBounds)) process.exitCode = 1

async function inNode(): Promise<Row[]> {
  const all: Row[] = []
  for (const megabytes of SIZES_MB) {
    const bytes = megabytes * MB
    const ms = await inTurns((way) => timeInNode(way, bytes, timesFor(megabytes)))
    const memory = {
      easel: await memoryInNode('easel', bytes),
      buffered: await memoryInNode('buffered', bytes),
    }
    all.push(row('Node', megabytes, ms, memory))
  }
  return all
}

async function inWorkerd(): Promise<Row[]> {
  const all: Row[] = []
  const workerd = await startWorkerd()
  for (const megabytes of SIZES_MB) {
    const ms = await inTurns((way) => workerd.time(way, megabytes * MB, timesFor(megabytes)))
    const memory = {
      easel: await memoryInWorkerd('easel', megabytes * MB),
      buffered: await memoryInWorkerd('buffered', megabytes * MB),
    }
    all.push(row('workerd', megabytes, ms, memory))
  }
  await workerd.close()
  return all
}

/** Small pictures are decoded several times over, or the clock would be most of what is measured. */
function timesFor(megabytes: number): number {
  return Math.ceil(32 / megabytes)
}

async function memoryInWorkerd(way: WayName, bytes: number): Promise<number> {
  const workerd = await startWorkerd()
  try {
    return await workerd.memory(way, bytes)
  } finally {
    await workerd.close()
  }
}

/** One decode of each way, again and again: what disturbs the machine disturbs all of them. */
async function inTurns(time: (way: WayName) => Promise<number>): Promise<Row['ms']> {
  const taken: Record<WayName, number[]> = {
    easel: [],
    escaped: [],
    drained: [],
    buffered: [],
    nativeFromBytes: [],
    nativeFromText: [],
  }
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    for (const way of WAYS) {
      const ms = await time(way)
      if (round >= WARM_UP_ROUNDS) taken[way].push(ms)
    }
  }
  return Object.fromEntries(WAYS.map((way) => [way, median(taken[way])])) as Record<WayName, number>
}

function row(host: Row['host'], megabytes: number, ms: Row['ms'], memory: Row['memory']): Row {
  const decoding = ms.easel - ms.drained
  const speed = ms.nativeFromBytes / decoding
  return {
    host,
    megabytes,
    ms,
    memory: { easel: memory.easel / MB, buffered: memory.buffered / MB },
    speed,
    speedWithTextAtHand: ms.nativeFromText / decoding,
    withinBounds: speed >= LEAST_SPEED && memory.easel <= mostMemory(megabytes * MB),
  }
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN
}

function print(all: readonly Row[]): void {
  console.log('Decoding a streamed answer: milliseconds (median), and growth of resident memory in MB\n')
  console.table(
    all.map(({ host, megabytes, ms, memory, speed, speedWithTextAtHand, withinBounds }) => ({
      host,
      picture: `${megabytes} MB`,
      'Easel ms': ms.easel.toFixed(1),
      'escaped / ms': ms.escaped.toFixed(1),
      'stream alone ms': ms.drained.toFixed(1),
      'buffered ms': ms.buffered.toFixed(1),
      'native ms': ms.nativeFromBytes.toFixed(1),
      'native, text at hand ms': ms.nativeFromText.toFixed(1),
      'speed / native': speed.toFixed(2),
      'speed / text at hand': speedWithTextAtHand.toFixed(2),
      'Easel MB': memory.easel.toFixed(1),
      'buffered MB': memory.buffered.toFixed(1),
      'at most MB': (mostMemory(megabytes * MB) / MB).toFixed(1),
      bounds: withinBounds ? 'kept' : 'BROKEN',
    })),
  )
  console.log(
    `Bounds: speed of decoding, the stream alone taken off, / native at least ${LEAST_SPEED}; memory at most 1.25 × the bytes + 4 MiB.`,
  )
}
