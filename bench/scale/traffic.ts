/** The load. Every number is an assumption: change it and run again. */
export interface Traffic {
  readonly images: number
  readonly places: number
  /** Zipf's exponent, of images and of places alike. */
  readonly exponent: number
  /** Images shown on pages, a month. */
  readonly viewsPerMonth: number
  /** The share that visitors' browsers serve from their own caches. */
  readonly browserShare: number
  /** Images that are generated, a month. */
  readonly newPerMonth: number
  /** Requested widths and formats of an image. */
  readonly variantsPerImage: number
  readonly imageMb: number
  readonly variantMb: number
  readonly costPerImageUsd: number
  readonly generateSeconds: number
}

/** How long an image is fresh in the edge's cache: its `max-age`. */
const FRESH_SECONDS = 86_400
export const MONTH_SECONDS = 30 * 86_400

export const WORLD: Traffic = {
  images: 1_000_000,
  places: 300,
  exponent: 0.9,
  viewsPerMonth: 1e9,
  browserShare: 0.3,
  newPerMonth: 20_000,
  variantsPerImage: 2,
  imageMb: 1.5,
  variantMb: 0.08,
  costPerImageUsd: 0.039,
  generateSeconds: 12,
}

export interface Flow {
  /** Shares of the requests that leave a browser. */
  readonly nearHits: number
  readonly farHits: number
  readonly r2: number
}

/** Zipf's shares: the first is the most popular. */
function zipf(count: number, exponent: number): Float64Array {
  const weights = Float64Array.from({ length: count }, (_, rank) => (rank + 1) ** -exponent)
  const sum = weights.reduce((all, weight) => all + weight, 0)
  return weights.map((weight) => weight / sum)
}

/**
 * Where requests are served, by formula: a cache that stores for T what is requested at a rate of λ serves λT of
 * each 1 + λT requests. A place forwards misses to one upper tier, and that to R2. Space is no limit: everything
 * together is a few terabytes.
 */
export function flowByFormula(traffic: Traffic, requestsPerSecond: number): Flow {
  const places = zipf(traffic.places, traffic.exponent)
  let near = 0
  let far = 0
  for (const [share, count] of groups(zipf(traffic.images * traffic.variantsPerImage, traffic.exponent))) {
    let missesPerSecond = 0
    for (const place of places) {
      const rate = requestsPerSecond * share * place
      missesPerSecond += rate / (1 + rate * FRESH_SECONDS)
    }
    const toR2 = missesPerSecond / (1 + missesPerSecond * FRESH_SECONDS)
    near += count * (requestsPerSecond * share - missesPerSecond)
    far += count * (missesPerSecond - toR2)
  }
  const nearHits = near / requestsPerSecond
  const farHits = far / requestsPerSecond
  return { nearHits, farHits, r2: 1 - nearHits - farHits }
}

/** The same by simulating each request: two days, of which the second counts. */
export function flowBySimulation(traffic: Traffic, requestsPerDay: number, random = generator(1)): Flow {
  const things = cumulative(zipf(traffic.images * traffic.variantsPerImage, traffic.exponent))
  const places = cumulative(zipf(traffic.places, traffic.exponent))
  const near = new Map<number, number>()
  const far = new Map<number, number>()
  const counts = { near: 0, far: 0, r2: 0 }
  for (let n = 0; n < 2 * requestsPerDay; n++) {
    const now = (n / requestsPerDay) * 86_400
    const thing = pick(things, random())
    const key = thing * traffic.places + pick(places, random())
    const isFresh = (near.get(key) ?? 0) > now
    const isFreshFar = isFresh || (far.get(thing) ?? 0) > now
    if (!isFresh) near.set(key, now + FRESH_SECONDS)
    if (!isFreshFar) far.set(thing, now + FRESH_SECONDS)
    if (n >= requestsPerDay) counts[isFresh ? 'near' : isFreshFar ? 'far' : 'r2']++
  }
  return {
    nearHits: counts.near / requestsPerDay,
    farHits: counts.far / requestsPerDay,
    r2: counts.r2 / requestsPerDay,
  }
}

/** Groups of ranks with nearly equal shares: the share, and how many have it. */
function groups(shares: Float64Array): [number, number][] {
  const all: [number, number][] = []
  for (let from = 0; from < shares.length;) {
    const to = Math.min(shares.length, Math.max(from + 1, Math.floor(from * 1.02)))
    const sum = shares.subarray(from, to).reduce((total, share) => total + share, 0)
    all.push([sum / (to - from), to - from])
    from = to
  }
  return all
}

function cumulative(shares: Float64Array): Float64Array {
  let sum = 0
  return shares.map((share) => (sum += share))
}

function pick(sums: Float64Array, at: number): number {
  let low = 0
  let high = sums.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sums[middle] ?? 1) < at) low = middle + 1
    else high = middle
  }
  return low
}

/** The same numbers every time, from 0 to 1 (mulberry32). */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
