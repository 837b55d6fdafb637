import { DEFAULT_MODEL } from '../shared/default-model.ts'
import { startDeployed } from './support/deployed.ts'
import { havePeers, startPortkey } from './support/peers.ts'
import {
  type Bench,
  type BenchOptions,
  type Bound,
  interleave,
  type Row,
  timed,
  toRow,
} from './support/rows.ts'
import { startUpstream } from './support/upstream.ts'

/** A 1K image as PNG. */
const BYTES = 1_500_000

/** Beside a gateway that stores nothing. */
const AS_PORTKEY: Bound = { of: 'ratio', atMost: 1.5 }

/** An image through OpenRouter's API from the same upstream: directly, through another gateway, through Easel. */
export const gateway: Bench = { name: 'gateway', measure }

async function measure({ quick, note }: BenchOptions): Promise<Row[]> {
  await using upstream = await startUpstream({ bytes: BYTES })
  await using easel = await startDeployed('wrangler.toml', {
    EASEL_ACCESS: 'open',
    EASEL_DAILY_BUDGET_USD: '1000',
    OPENROUTER_API_KEY: 'sk-or-bench',
    OPENROUTER_BASE_URL: upstream.url,
  })
  const portkey = (await havePeers(note, quick)) ? await startPortkey() : undefined
  try {
    const request = async (
      url: string,
      prompt: string,
      headers: Record<string, string> = {},
    ): Promise<void> => {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          Authorization: 'Bearer sk-or-bench',
          'Content-Type': 'application/json',
          // The platform compresses JSON after the Worker. Locally that would take several times as long as Easel.
          'Accept-Encoding': 'identity',
          ...headers,
        },
        body: JSON.stringify({
          model: DEFAULT_MODEL,
          modalities: ['image', 'text'],
          messages: [{ role: 'user', content: prompt }],
        }),
      })
      const text = await response.text()
      if (!response.ok || text.length < BYTES)
        throw new Error(`${url}: ${response.status} ${text.slice(0, 300)}`)
    }
    const itself = `${upstream.url}/chat/completions`
    const through = new URL('/api/v1/chat/completions', easel.url).href
    await request(through, 'cached', address(99))
    const times = await interleave(
      {
        direct: (round) => timed(() => request(itself, `direct ${round}`)),
        miss: (round) => timed(() => request(through, `new ${round}`, address(round))),
        hit: (round) => timed(() => request(through, 'cached', address(round))),
        portkey: (round) =>
          portkey
            ? timed(() =>
                request(`${portkey.url}/v1/chat/completions`, `portkey ${round}`, {
                  // Its OpenRouter provider drops images from responses; its OpenAI provider passes them on.
                  'x-portkey-provider': 'openai',
                  'x-portkey-custom-host': upstream.url,
                }),
              )
            : Promise.resolve(Number.NaN),
      },
      { rounds: quick ? 3 : 20, warmUp: quick ? 1 : 2 },
    )
    return [
      row("OpenRouter's API through Easel, 1.5 MB, miss", times.miss, 'the upstream itself', times.direct),
      row("OpenRouter's API through Easel, 1.5 MB, hit", times.hit, 'the upstream itself', times.direct),
      ...(portkey
        ? [
            row(
              "OpenRouter's API through Easel, 1.5 MB, miss",
              times.miss,
              '@portkey-ai/gateway',
              times.portkey,
              AS_PORTKEY,
            ),
            row(
              "OpenRouter's API through Easel, 1.5 MB, hit",
              times.hit,
              '@portkey-ai/gateway',
              times.portkey,
            ),
          ]
        : []),
    ]
  } finally {
    await portkey?.close()
  }
}

/** Each request from an address of its own, because the rate limit is per address. */
function address(round: number): Record<string, string> {
  return { 'CF-Connecting-IP': `10.0.0.${round}` }
}

function row(
  name: string,
  values: readonly number[],
  against: string,
  references: readonly number[],
  bound?: Bound,
): Row {
  return toRow({ name, unit: 'ms', values, against, references, ...(bound && { bound }) })
}
