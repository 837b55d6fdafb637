import { startEasel } from '../test/support/worker/easel.ts'
import { havePeers, startPortkey } from './support/peers.ts'
import { type Bench, type BenchOptions, inTurns, type Row, timed, toRow } from './support/rows.ts'

/** A 1K image as PNG. */
const BYTES = 1_500_000

/** An image through OpenRouter's own API, in front of the same upstream: asked directly, a gateway, Easel. */
export const gateway: Bench = { name: 'gateway', measure }

async function measure({ quick, note }: BenchOptions): Promise<Row[]> {
  const easel = await startEasel({
    emulator: { faults: [{ bytes: BYTES }] },
    vars: { EASEL_DAILY_BUDGET_USD: '1000' },
  })
  const portkey = (await havePeers(note, quick)) ? await startPortkey() : undefined
  try {
    const ask = async (url: string, prompt: string, headers: Record<string, string> = {}): Promise<void> => {
      const answer = await fetch(url, {
        method: 'POST',
        headers: {
          Authorization: 'Bearer sk-or-bench',
          'Content-Type': 'application/json',
          // The platform compresses JSON after the Worker; its stand-in here takes several times Easel's own time for it.
          'Accept-Encoding': 'identity',
          ...headers,
        },
        body: JSON.stringify({
          model: 'google/gemini-2.5-flash-image',
          modalities: ['image', 'text'],
          messages: [{ role: 'user', content: prompt }],
        }),
      })
      const text = await answer.text()
      if (!answer.ok || text.length < BYTES) throw new Error(`${url}: ${answer.status} ${text.slice(0, 300)}`)
    }
    const upstream = `${easel.upstream.url}/chat/completions`
    const through = new URL('/api/v1/chat/completions', easel.url).href
    await ask(through, 'kept', address(99))
    const times = await inTurns(
      {
        direct: (round) => timed(() => ask(upstream, `direct ${round}`)),
        miss: (round) => timed(() => ask(through, `new ${round}`, address(round))),
        hit: (round) => timed(() => ask(through, 'kept', address(round))),
        portkey: (round) =>
          portkey
            ? timed(() =>
                ask(`${portkey.url}/v1/chat/completions`, `portkey ${round}`, {
                  // As OpenRouter it leaves the images out of answers; as OpenAI it passes on what comes.
                  'x-portkey-provider': 'openai',
                  'x-portkey-custom-host': easel.upstream.url,
                }),
              )
            : Promise.resolve(Number.NaN),
      },
      { rounds: quick ? 3 : 20, warmUp: quick ? 1 : 2 },
    )
    return [
      row("OpenRouter's API through Easel, 1.5 MB, new", times.miss, 'the upstream itself', times.direct),
      row("OpenRouter's API through Easel, 1.5 MB, kept", times.hit, 'the upstream itself', times.direct),
      ...(portkey
        ? [
            row(
              "OpenRouter's API through Easel, 1.5 MB, new",
              times.miss,
              '@portkey-ai/gateway',
              times.portkey,
            ),
            row(
              "OpenRouter's API through Easel, 1.5 MB, kept",
              times.hit,
              '@portkey-ai/gateway',
              times.portkey,
            ),
          ]
        : []),
    ]
  } finally {
    await Promise.all([easel.close(), portkey?.close()])
  }
}

/** Everybody from an address of their own: rates are limited by it. */
function address(round: number): Record<string, string> {
  return { 'CF-Connecting-IP': `10.0.0.${round}` }
}

function row(name: string, values: readonly number[], against: string, references: readonly number[]): Row {
  return toRow({ name, unit: 'ms', values, against, references })
}
