import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { serveEmulator } from '../emulator/serve.ts'
import { startDeployed } from './support/deployed.ts'
import { havePeers, startIpx } from './support/peers.ts'
import { type Bench, type BenchOptions, interleave, type Row, timed, toRow } from './support/rows.ts'

const WIDTH = 640
const QUALITY = 80
/** What a model generates at 1K. */
const PIXELS = { width: 1344, height: 768 }

const AS_IPX = { of: 'ratio', atMost: 1.5 } as const

/** A smaller WebP of an image, generated and then cached; against sharp alone, and against ipx, which caches nothing. */
export const variants: Bench = { name: 'variants', measure }

async function measure({ quick, note }: BenchOptions): Promise<Row[]> {
  const emulator = await serveEmulator()
  await using easel = await startDeployed('wrangler.toml', {
    EASEL_ACCESS: 'open',
    EASEL_DAILY_BUDGET_USD: '1000',
    OPENROUTER_API_KEY: 'sk-or-bench',
    OPENROUTER_BASE_URL: emulator.url,
  })
  const folder = await mkdtemp(join(tmpdir(), 'easel-bench-'))
  const ipx = (await havePeers(note, quick)) ? await startIpx(folder) : undefined
  try {
    const generate = async (name: string): Promise<Uint8Array> => {
      const response = await fetch(new URL(`/image?prompt=${name}&aspect_ratio=16:9`, easel.url))
      if (!response.ok) throw new Error(`${name}: ${response.status} ${await response.text()}`)
      return new Uint8Array(await response.arrayBuffer())
    }
    const path = (name: string) =>
      `/image?prompt=${name}&aspect_ratio=16:9&w=${WIDTH}&format=webp&q=${QUALITY}`
    const rounds = quick ? 3 : 15
    const warmUp = quick ? 1 : 2
    const images: Uint8Array[] = []
    for (let round = 0; round < rounds + warmUp; round++) {
      const bytes = await generate(`variant-${round}`)
      await writeFile(join(folder, `${round}.png`), bytes)
      images.push(bytes)
    }
    const variantOf = (round: number) => fetched(new URL(path(`variant-${round}`), easel.url).href)
    const ipxOf = (round: number) =>
      ipx ? fetched(`${ipx.url}/w_${WIDTH},f_webp,q_${QUALITY}/${round}.png`) : Promise.resolve()
    const sharpOf = (round: number) =>
      sharp(images[round]).resize({ width: WIDTH }).webp({ quality: QUALITY }).toBuffer()
    const turns = { rounds, warmUp }
    const first = await interleave(
      {
        easel: (round) => timed(() => variantOf(round)),
        sharp: (round) => timed(() => sharpOf(round)),
        ipx: (round) => timed(() => ipxOf(round)),
      },
      turns,
    )
    const again = await interleave(
      { easel: (round) => timed(() => variantOf(round)), ipx: (round) => timed(() => ipxOf(round)) },
      turns,
    )
    const what = `${PIXELS.width} × ${PIXELS.height} PNG to a WebP of ${WIDTH}`
    return [
      toRow({
        name: `${what}, first request (generated, stored, sent)`,
        unit: 'ms',
        values: first.easel,
        against: 'sharp alone',
        references: first.sharp,
      }),
      ...(ipx
        ? [
            toRow({
              name: `${what}, first request`,
              unit: 'ms',
              values: first.easel,
              against: 'ipx',
              references: first.ipx,
              bound: AS_IPX,
            }),
            toRow({
              name: `${what}, repeated request`,
              unit: 'ms',
              values: again.easel,
              against: 'ipx',
              references: again.ipx,
            }),
          ]
        : []),
    ]
  } finally {
    await Promise.all([emulator.close(), ipx?.close()])
    await rm(folder, { recursive: true })
  }
}

async function fetched(url: string): Promise<void> {
  const response = await fetch(url)
  if (!response.headers.get('content-type')?.includes('webp')) throw new Error(`${url}: no WebP`)
  await response.arrayBuffer()
}
