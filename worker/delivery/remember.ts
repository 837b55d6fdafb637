export interface RememberOptions {
  /** How many results are kept; the one that was not asked for the longest goes first. */
  readonly entries: number
  /** Longer keys are computed each time: they would fill the memory. */
  readonly keyMaxCharacters: number
}

/** `compute`, which is asked once for each key that comes again and again. What it throws is not kept. */
export function remember<Result extends object>(
  compute: (key: string) => Promise<Result>,
  { entries, keyMaxCharacters }: RememberOptions,
): (key: string) => Promise<Result> | Result {
  // A map lists its keys in the order in which they were set.
  const kept = new Map<string, Result>()
  return (key) => {
    const known = kept.get(key)
    if (!known) return learn(key)
    kept.delete(key)
    kept.set(key, known)
    return known
  }

  async function learn(key: string): Promise<Result> {
    const result = await compute(key)
    if (key.length > keyMaxCharacters) return result
    kept.set(key, result)
    const [oldest] = kept.size > entries ? kept.keys() : []
    if (oldest !== undefined) kept.delete(oldest)
    return result
  }
}
