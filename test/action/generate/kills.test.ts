import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { planIn } from '../../support/action/generate-in.ts'
import { easel, type Running, startEasel } from '../../support/action/processes.ts'
import { startUpstream, type Upstream } from '../../support/action/upstream.ts'
import { config, createWorkspace, type Workspace } from '../../support/action/workspace.ts'

// `KILLS=50 IMAGES=40 SEED=7 npx vitest run test/action/generate/kills.test.ts` is the long one.

const KILLS = Number(process.env['KILLS'] ?? 4)
const IMAGES = Number(process.env['IMAGES'] ?? 12)
const SEED = Number(process.env['SEED'] ?? 17)
const LATENCY_MS = KILLS > 10 ? { min: 100, max: 1500 } : { min: 50, max: 400 }
/** How long a run lives after its first request, at most. */
const LIFE_MS = LATENCY_MS.max

interface Kill {
  readonly at: number
  /** The hashes of all files that it left. */
  readonly left: ReadonlySet<string>
}

/** Images with prompts of their own, and what was printed about them. */
interface Round {
  readonly images: readonly { readonly path: string; readonly prompt: string }[]
  readonly kills: Kill[]
  readonly told: string[]
}

it(
  `killed ${KILLS} times while it generates ${IMAGES} images (seed ${SEED}), pays for none twice that was whole`,
  { timeout: 60_000 + KILLS * 15_000 },
  async () => {
    const random = seededRandom(SEED)
    const upTo = (max: number): number => Math.round(random() * max)
    await using workspace = await createWorkspace()
    let kills = 0
    for (let number = 1; kills < KILLS; number++) {
      const images = Array.from({ length: IMAGES }, (_, index) => ({
        // Every third is converted.
        path: `img/${index % 4}/${index}.${index % 3 === 0 ? 'webp' : 'png'}`,
        prompt: `Round ${number}, image number ${index}.`,
      }))
      const { min, max } = LATENCY_MS
      const faults = images.map(({ prompt }, index) => ({
        match: prompt,
        latencyMs: min + upTo(max - min),
        // Every fourth goes to disk while it arrives. They differ, as their sizes do.
        ...(index % 4 === 0 && { bytes: 1_500_000 + 1000 * (IMAGES * number + index) }),
      }))
      await using upstream = await startUpstream({ faults })
      await workspace.write('easel.yml', config(...images))
      const round: Round = { images, kills: [], told: [] }

      while (kills < KILLS && (await runAndKill(workspace, upstream, round, upTo(LIFE_MS)))) kills++
      const last = await easel(['generate'], { cwd: workspace.root, env: upstream.env })

      round.told.push(last.stderr)
      expect(last.code, `the last run: ${last.stderr}`).toBe(0)
      await assertPaidOnce(workspace, upstream, round)
    }
    expect((await workspace.files()).filter((file) => !file.startsWith('img/'))).toEqual([
      'easel.lock.json',
      'easel.yml',
    ])
  },
)

/** @returns whether the run was killed before it was done */
async function runAndKill(
  workspace: Workspace,
  upstream: Upstream,
  { kills, told }: Round,
  lifeMs: number,
): Promise<boolean> {
  const run = startEasel(['generate'], { cwd: workspace.root, env: upstream.env })
  const isKilled = await killAfter(run, lifeMs)
  const { stderr } = await run.finished
  told.push(stderr)
  if (!isKilled) return false
  kills.push({ at: Date.now(), left: await hashesIn(workspace) })
  const { plan } = await planIn(workspace)
  const edited = plan.images.filter(({ status }) => status === 'drifted')
  expect(edited, 'no file counts as edited by hand').toEqual([])
  return true
}

async function killAfter(run: Running, lifeMs: number): Promise<boolean> {
  const end = run.finished.then(() => 'done' as const)
  const first = await Promise.race([end, run.prints('Generating')])
  if (first === 'done' || (await Promise.race([end, delay(lifeMs)])) === 'done') return false
  return run.child.kill('SIGKILL')
}

/** Each image is there, in the lock, and was requested again only while it was not whole, and not without a word. */
async function assertPaidOnce(workspace: Workspace, upstream: Upstream, round: Round): Promise<void> {
  const lock = await workspace.lock()
  for (const { path, prompt } of round.images) {
    const sha256 = await workspace.sha256(path)
    expect(lock.get(path)?.sha256).toBe(sha256)
    const sent = upstream.requests.filter(({ body }) => JSON.stringify(body).includes(prompt))
    for (const { at } of sent.slice(1)) {
      const wasWhole = round.kills.some((kill) => kill.at < at && kill.left.has(sha256))
      expect({ prompt, wasWhole }).toEqual({ prompt, wasWhole: false })
    }
    const notices = round.told.join('').split(`${path} was in flight when an earlier run ended`).length - 1
    expect(notices, `a word about each request in doubt: ${prompt}`).toBeGreaterThanOrEqual(sent.length - 1)
  }
}

async function hashesIn({ root, files }: Workspace): Promise<ReadonlySet<string>> {
  const contents = (await files()).map((file) => readFile(join(root, file)))
  return new Set(
    (await Promise.all(contents)).map((bytes) => createHash('sha256').update(bytes).digest('hex')),
  )
}

/** The same numbers for the same seed (mulberry32), at least 0 and below 1. */
function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
