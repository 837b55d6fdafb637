import sharp from 'sharp'
import { rgbaToThumbHash, thumbHashToRGBA } from 'thumbhash'
import { expect, it } from 'vitest'
import { easel } from '../../support/action/processes.ts'
import { startUpstream } from '../../support/action/upstream.ts'
import { config, createWorkspace } from '../../support/action/workspace.ts'

it('writes the thumbhash of each image into the lock, of whatever it was converted to', async () => {
  await using upstream = await startUpstream()
  await using workspace = await createWorkspace({
    'easel.yml': config(
      { path: 'a.png', prompt: 'A red barn', aspect_ratio: '16:9' },
      { path: 'b.jpg', prompt: 'A blue door' },
      { path: 'c.webp', prompt: 'A green field' },
      { path: 'd.svg', prompt: 'A vector', model: 'recraft/recraft-v4.1-vector' },
    ),
  })

  await easel(['generate'], { cwd: workspace.root, env: upstream.env })

  const lock = await workspace.lock()
  for (const path of ['a.png', 'b.jpg', 'c.webp']) {
    const found = thumbHashToRGBA(Buffer.from(lock.get(path)?.thumbhash ?? '', 'base64'))
    const expected = thumbHashToRGBA(await thumbhashOf(await workspace.read(path)))

    expect([found.w, found.h]).toEqual([expected.w, expected.h])
    expect(difference(found.rgba, expected.rgba)).toBeLessThan(4)
  }
  expect(lock.get('d.svg')).toBeDefined()
  expect(lock.get('d.svg')?.thumbhash).toBeUndefined()
})

async function thumbhashOf(file: Uint8Array): Promise<Uint8Array> {
  const { data, info } = await sharp(file)
    .resize(100, 100, { fit: 'inside', withoutEnlargement: true })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return rgbaToThumbHash(info.width, info.height, data)
}

/** Mean difference of a channel, 0 to 255. */
function difference(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((sum, value, at) => sum + Math.abs(value - (b[at] ?? 0)), 0) / a.length
}
