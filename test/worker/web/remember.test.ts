import { describe, expect, it } from 'vitest'
import { remember } from '../../../worker/web/remember.ts'

describe('what is remembered', () => {
  it('is computed once for a key that comes again, and anew once others have pushed it out', async () => {
    const { computed, read } = scene()
    for (const key of ['a', 'b', 'a', 'c', 'a', 'd', 'b', 'a']) expect(await read(key)).toEqual({ key })

    // `c` and `d` pushed out `b`: `a` had been asked for in between.
    expect(computed).toEqual(['a', 'b', 'c', 'd', 'b'])
  })

  it('is never a long key, nor a failure', async () => {
    const { computed, read } = scene()
    for (const key of ['long key', 'long key']) await read(key)
    for (const key of ['bad', 'bad']) await expect(async () => read(key)).rejects.toThrow('bad')

    expect(computed).toEqual(['long key', 'long key', 'bad', 'bad'])
  })
})

/** Two keys, of four characters or less. */
function scene() {
  const computed: string[] = []
  const compute = (key: string): Promise<{ key: string }> => {
    computed.push(key)
    return key === 'bad' ? Promise.reject(new Error('bad')) : Promise.resolve({ key })
  }
  return { computed, read: remember(compute, { entries: 2, keyMaxCharacters: 4 }) }
}
