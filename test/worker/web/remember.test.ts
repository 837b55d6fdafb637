import { describe, expect, it } from 'vitest'
import { remember } from '../../../worker/web/remember.ts'

describe('a remembered value', () => {
  it('is computed once for a repeated key, and again after other keys have evicted it', async () => {
    const { computed, read } = scene()
    for (const key of ['a', 'b', 'a', 'c', 'a', 'd', 'b', 'a']) expect(await read(key)).toEqual({ key })

    // `c` and `d` evicted `b`: `a` had been read in between.
    expect(computed).toEqual(['a', 'b', 'c', 'd', 'b'])
  })

  it('is not stored under a long key, and failures are not stored', async () => {
    const { computed, read } = scene()
    for (const key of ['long key', 'long key']) await read(key)
    for (const key of ['bad', 'bad']) await expect(async () => read(key)).rejects.toThrow('bad')

    expect(computed).toEqual(['long key', 'long key', 'bad', 'bad'])
  })
})

/** Remembers two keys of at most four characters. */
function scene() {
  const computed: string[] = []
  const compute = (key: string): Promise<{ key: string }> => {
    computed.push(key)
    return key === 'bad' ? Promise.reject(new Error('bad')) : Promise.resolve({ key })
  }
  return { computed, read: remember(compute, { entries: 2, keyMaxCharacters: 4 }) }
}
