import { fork } from 'node:child_process'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { decodeWithBuffer } from '../../action/generate/node-base64.ts'
import { waysOf, type WayName } from './ways.ts'

let peak = 0
const noteMemory = (): void => {
  peak = Math.max(peak, process.memoryUsage.rss())
}
const native = { fromText: (text: string) => Buffer.from(text, 'base64'), decodeBlock: decodeWithBuffer }

/** Milliseconds for one decode in this process. */
export async function timeInNode(way: WayName, bytes: number, times: number): Promise<number> {
  const { decode } = waysInNode[way]
  // What one way has left behind is not collected in another's time.
  collectGarbage()
  const start = performance.now()
  for (let i = 0; i < times; i++) await decode(bytes)
  return (performance.now() - start) / times
}
const waysInNode = waysOf(native)

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** How far the resident memory of a fresh process grows for one decode, bytes; looked at after every chunk. */
export function memoryInNode(way: WayName, bytes: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = fork(import.meta.filename, [way, String(bytes)])
    child.once('message', (grown) => resolve(Number(grown)))
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`it ended with ${code} before it had measured`)))
  })
}

if (import.meta.filename === process.argv[1] && process.send) {
  const [way, bytes] = process.argv.slice(2)
  const { decode } = waysOf(native, noteMemory)[way as WayName]
  // Code, buffers and pages that any decode needs are there before the one that is measured.
  for (let i = 0; i < 3; i++) await decode(2 ** 20)
  collectGarbage()
  const before = process.memoryUsage.rss()
  peak = before
  await decode(Number(bytes))
  noteMemory()
  process.send(peak - before)
  process.disconnect()
}
