import { Agent, request } from 'node:http'
import { CREDENTIALS } from '../test/support/worker/client.ts'
import { startDeployed } from './support/deployed.ts'
import { cpuMs, memoryRise, withProcesses } from './support/processes.ts'
import { type Bench, type Bound, type Row, toRow } from './support/rows.ts'

const VARS = {
  OPENROUTER_API_KEY: 'sk-or-bench',
  // Nothing is sent there.
  OPENROUTER_BASE_URL: 'http://127.0.0.1:9/api/v1',
  ...CREDENTIALS,
}
const PATH = '/v1/images'

const CPU: Bound = { of: 'value', atMost: 5 }
/** Of a body that nobody may send: what the machine itself moves about. */
const NO_GROWTH: Bound = { of: 'value', atMost: 16 }
const ONE_MEGABYTE: Bound = { of: 'value', atMost: 16 }

/** What refused requests cost: who may send a body is decided before it is read, how much before it is parsed. */
export const refusals: Bench = {
  name: 'refusals',
  measure: async ({ quick }) => [
    ...(await ofStrangers(quick ? 40 : 200, quick ? 1 : 5)),
    await ofSmallValues(quick ? 3 : 10),
  ],
}

/** 24 MB of small values, which would take over a gigabyte once they are parsed. */
async function ofStrangers(requests: number, rounds: number): Promise<Row[]> {
  const body = Buffer.from(`[${'{},'.repeat(8e6 - 1)}{}]`)
  const [easel, ids] = await withProcesses(() =>
    startDeployed('wrangler.toml', { ...VARS, EASEL_ACCESS: 'signed' }),
  )
  await using _ = easel
  const agent = new Agent({ keepAlive: false })
  const refuse = async (times: number): Promise<void> => {
    for (let n = 0; n < times; n++) await send(easel.url, body, 401, agent)
  }
  await refuse(20)
  const cpu: number[] = []
  const rise: number[] = []
  for (let round = 0; round < rounds; round++) {
    const before = cpuMs(ids)
    rise.push(await memoryRise(ids, () => refuse(requests)))
    cpu.push((cpuMs(ids) - before) / requests)
  }
  return [
    toRow({ name: 'refusing 24 MB without a credential: CPU', unit: 'ms', values: cpu, bound: CPU }),
    toRow({
      name: 'refusing 24 MB without a credential: memory',
      unit: 'MB',
      values: rise,
      bound: NO_GROWTH,
    }),
  ]
}

/** One megabyte from somebody who may send it. */
async function ofSmallValues(rounds: number): Promise<Row> {
  const body = Buffer.from(`[${'{},'.repeat(349_000)}{}]`)
  const [easel, ids] = await withProcesses(() =>
    startDeployed('wrangler.toml', { ...VARS, EASEL_ACCESS: 'open' }),
  )
  await using _ = easel
  const agent = new Agent({ keepAlive: false })
  for (let n = 0; n < 30; n++) await send(easel.url, Buffer.from('{"prompt":""}'), 400, agent)
  const values: number[] = []
  for (let round = 0; round < rounds; round++) {
    values.push(await memoryRise(ids, () => send(easel.url, body, 400, agent)))
  }
  return toRow({ name: 'refusing 1 MB of small values: memory', unit: 'MB', values, bound: ONE_MEGABYTE })
}

/**
 * Sends as much of the body as the server waits for. It may hang up as soon as it has refused; a client that is still
 * sending then may miss the response.
 */
async function send(url: URL, body: Buffer, expected: number, agent: Agent): Promise<void> {
  const sent = request(new URL(PATH, url), {
    method: 'POST',
    agent,
    headers: { 'Content-Type': 'application/json', 'Content-Length': body.length },
  })
  let status = expected
  sent.on('response', (response) => {
    status = response.statusCode ?? 0
    response.resume()
  })
  sent.on('error', () => undefined)
  sent.end(body)
  await new Promise((resolve) => sent.once('close', resolve))
  if (status !== expected) throw new Error(`${status} instead of ${expected}`)
}
