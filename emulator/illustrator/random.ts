import { createHash } from 'node:crypto'

/** Random numbers; the same seed always gives the same ones. */
export interface Random {
  /** In [min, max). */
  between(min: number, max: number): number
  /** In [min, max], whole. */
  whole(min: number, max: number): number
  chance(probability: number): boolean
  pick<T>(items: readonly [T, ...T[]]): T
  /** An independent source for one part of the image, so that a change in one leaves the others alone. */
  fork(name: string): Random
}

export function createRandom(seed: string): Random {
  const digest = createHash('sha256').update(seed).digest()
  let state = digest.readUInt32LE(0)
  // mulberry32
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const between = (min: number, max: number): number => min + next() * (max - min)
  return {
    between,
    whole: (min, max) => Math.floor(between(min, max + 1)),
    chance: (probability) => next() < probability,
    pick: (items) => items[Math.floor(next() * items.length)] ?? items[0],
    fork: (name) => createRandom(`${digest.toString('hex')} ${name}`),
  }
}
