export interface RememberOptions {
  /** How many results are kept at least, once there are so many; at most twice as many are. */
  readonly entries: number
  /** Longer keys are computed each time: they would fill the memory. */
  readonly keyMaxCharacters: number
}

/** `compute`, which is asked once for each key that comes again and again. What it throws is not kept. */
export function remember<Result extends object>(
  compute: (key: string) => Promise<Result>,
  { entries, keyMaxCharacters }: RememberOptions,
): (key: string) => Promise<Result> | Result {
  // Two generations instead of an order of use: what is asked for all the time is found by one look.
  let young = new Map<string, Result>()
  let old = new Map<string, Result>()
  return (key) => young.get(key) ?? revive(key) ?? learn(key)

  function revive(key: string): Result | undefined {
    const result = old.get(key)
    if (result) keep(key, result)
    return result
  }

  async function learn(key: string): Promise<Result> {
    const result = await compute(key)
    if (key.length <= keyMaxCharacters) keep(key, result)
    return result
  }

  function keep(key: string, result: Result): void {
    if (young.size >= entries) {
      old = young
      young = new Map()
    }
    young.set(key, result)
  }
}
