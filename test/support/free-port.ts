import { once } from 'node:events'
import { createServer } from 'node:net'
import process from 'node:process'

/** Below the ports that a system gives to connections and to `listen(0)`, on Linux from 32768. */
const FIRST = 20_000
/** Of each process that runs tests. */
const SHARE = 200

const first = FIRST + Number(process.env['VITEST_POOL_ID']) * SHARE
let last = Math.floor((Math.random() * SHARE) / 2)

/** A port that is free, as is the one after it, and that nobody else is given. */
export async function freePort(): Promise<number> {
  for (;;) {
    last = (last + 1) % (SHARE / 2)
    const port = first + 2 * last
    if ((await isFree(port)) && (await isFree(port + 1))) return port
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch {
    return false
  }
  server.close()
  await once(server, 'close')
  return true
}
