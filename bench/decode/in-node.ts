import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { decodeWithBuffer } from '../../action/generate/node-base64.ts'
import { waysOf, type WayName } from './ways.ts'

let peak = 0
const noteMemory = (): void => {
  peak = Math.max(peak, process.memoryUsage.rss())
}
const native = { fromText: (text: string) => Buffer.from(text, 'base64'), decodeBlock: decodeWithBuffer }

/** A Node process that does nothing else, so that no other work has shaped its heap. */
export function startNode() {
  const child = fork(import.meta.filename, ['time'])
  return {
    /** Milliseconds for one decode. */
    time(way: WayName, bytes: number, times: number): Promise<number> {
      child.send({ way, bytes, times } satisfies Task)
      return replyOf(child)
    },
    close: () => child.disconnect(),
  }
}

/** Growth of the resident memory of a fresh process during one decode, bytes; sampled after every chunk. */
export function memoryInNode(way: WayName, bytes: number): Promise<number> {
  return replyOf(fork(import.meta.filename, ['memory', way, String(bytes)]))
}

interface Task {
  readonly way: WayName
  readonly bytes: number
  readonly times: number
}

async function replyOf(child: ChildProcess): Promise<number> {
  const ended = new AbortController()
  const onExit = (code: number | null): void =>
    ended.abort(new Error(`Node ended with ${code} before it had measured`))
  child.once('exit', onExit)
  try {
    const [reply] = (await once(child, 'message', { signal: ended.signal })) as [number]
    return reply
  } finally {
    child.off('exit', onExit)
  }
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const waysToTime = waysOf(native)

async function time({ way, bytes, times }: Task): Promise<number> {
  const { decode } = waysToTime[way]
  // The garbage of one way is not collected in another's time.
  collectGarbage()
  const start = performance.now()
  for (let i = 0; i < times; i++) await decode(bytes)
  return (performance.now() - start) / times
}

async function memory(way: WayName, bytes: number): Promise<number> {
  const { decode } = waysOf(native, noteMemory)[way]
  // Warms up: code, buffers and pages that every decode needs.
  for (let i = 0; i < 3; i++) await decode(2 ** 20)
  collectGarbage()
  const before = process.memoryUsage.rss()
  peak = before
  await decode(bytes)
  noteMemory()
  return peak - before
}

if (import.meta.filename === process.argv[1] && process.send) {
  const [what, way, bytes] = process.argv.slice(2)
  if (what === 'time') process.on('message', (task: Task) => void time(task).then((ms) => process.send?.(ms)))
  else {
    process.send(await memory(way as WayName, Number(bytes)))
    process.disconnect()
  }
}
