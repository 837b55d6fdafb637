import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type ArrivingFile, createArrivingFile } from '../../../action/files/arriving-file.ts'
import { folderAt } from '../../../action/files/write-atomic.ts'
import { createWorkspace, type Workspace } from '../../support/action/workspace.ts'

/** Of 700 kB: what is held back, and three pieces that aren't. */
const PIECES = Array.from({ length: 5 }, () => randomBytes(700_000))
const WHOLE = Buffer.concat(PIECES)

describe('a file that arrives piece by piece', () => {
  it.each([
    ['a small one', PIECES.slice(0, 1)],
    ['a large one', PIECES],
  ])('%s is whole where it belongs, and nowhere before', async (_, pieces) => {
    await using workspace = await createWorkspace()
    const file = createArrivingFile(folderAt(join(workspace.root, 'arriving')))
    const whole = Buffer.concat(pieces)
    for (const piece of pieces) await file.write(piece)

    expect((await contents(workspace)).some((content) => content.equals(whole))).toBe(false)
    await file.complete(join(workspace.root, 'a/b.png'))

    expect(await workspace.files()).toEqual(['a/b.png'])
    expect((await workspace.read('a/b.png')).equals(whole)).toBe(true)
  })

  it('can be read before it is whole, and leaves nothing when it is discarded', async () => {
    await using workspace = await createWorkspace()
    const file = createArrivingFile(folderAt(workspace.root))
    for (const piece of PIECES) await file.write(piece)

    expect((await readAll(file)).equals(WHOLE)).toBe(true)
    await file.discard()

    expect(await workspace.files()).toEqual([])
  })

  it('can still be read when it can’t have its name', async () => {
    await using workspace = await createWorkspace({ 'a.png/b': '' })
    const file = createArrivingFile(folderAt(workspace.root))
    for (const piece of PIECES) await file.write(piece)

    await expect(file.complete(join(workspace.root, 'a.png'))).rejects.toThrow('EISDIR')

    expect((await readAll(file)).equals(WHOLE)).toBe(true)
    await file.discard()
    expect(await workspace.files()).toEqual(['a.png/b'])
  })

  it('looks at no piece again once it is written', async () => {
    await using workspace = await createWorkspace()
    const file = createArrivingFile(folderAt(workspace.root))
    for (const piece of PIECES) {
      const reused = Buffer.from(piece)
      await file.write(reused)
      reused.fill(0)
    }

    await file.complete(join(workspace.root, 'a.png'))

    expect((await workspace.read('a.png')).equals(WHOLE)).toBe(true)
  })
})

async function readAll(file: ArrivingFile): Promise<Buffer> {
  const read: Buffer[] = []
  for await (const piece of file.pieces()) read.push(Buffer.from(piece))
  return Buffer.concat(read)
}

async function contents({ root, files }: Workspace): Promise<Buffer[]> {
  return Promise.all((await files()).map((file) => readFile(join(root, file))))
}
