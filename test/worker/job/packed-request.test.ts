import { describe, expect, it } from 'vitest'

type Packed = Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array<ArrayBuffer>>

/** By its path: types of the files that it imports exist in workerd only. */
const MODULE = '../../../worker/job/packed-request.ts'
const { pack, unpack } = (await import(MODULE)) as {
  pack(request: object): Packed
  unpack(pieces: readonly Uint8Array<ArrayBuffer>[]): Promise<object>
}

const MIB = 2 ** 20
/** Longer than one slice, and cut there inside a pair. */
const LARGE = `data:image/svg+xml,${'x'.repeat(MIB - 20)}🗼"\\\n${'é'.repeat(1000)}`

async function piecesOf(packed: Packed): Promise<Uint8Array<ArrayBuffer>[]> {
  if (packed instanceof Uint8Array) return [packed]
  const pieces: Uint8Array<ArrayBuffer>[] = []
  for await (const piece of packed) pieces.push(piece)
  return pieces
}

const sizeOf = (pieces: readonly Uint8Array[]) => pieces.reduce((sum, { length }) => sum + length, 0)

describe('a packed request', () => {
  it.each<[string, object]>([
    ['without long strings', { prompt: 'A fox', n: 1, list: [null, true, ''], '': {} }],
    ['with long ones', { prompt: '🗼'.repeat(10_000), candidates: [{ a: 'y'.repeat(300) }] }],
    ['with very long ones', { first: LARGE, others: [LARGE, { again: LARGE, short: 'x' }] }],
  ])('%s comes out as it went in', async (_, request) => {
    expect(await unpack(await piecesOf(pack(request)))).toEqual(request)
  })

  it('holds each long string once', async () => {
    const bodies = Array.from({ length: 5 }, (_, n) => ({ model: n, input: LARGE }))
    const pieces = await piecesOf(pack({ bodies }))

    expect(sizeOf(pieces)).toBeLessThan(1.1 * MIB)
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(1.1 * MIB)
  })

  it('is bytes where one value of an object’s storage has room for it', async () => {
    const [small] = await piecesOf(pack({ prompt: '\u0001'.repeat(2 ** 18 - 1000) }))

    expect(small?.length).toBeLessThan(2 * MIB - 10_000)
    expect(pack({ prompt: 'x'.repeat(2 ** 18 + 1) })).toBeInstanceOf(ReadableStream)
  })

  it('of field names that make it too large is refused', () => {
    expect(() => pack({ ['k'.repeat(9 * MIB)]: 1 })).toThrow('too long to be kept')
  })
})
