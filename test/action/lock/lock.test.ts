import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatLock, parseLock } from '../../../action/lock/lock-file.ts'
import { createLockStore } from '../../../action/lock/lock-store.ts'
import type { LockEntry } from '../../../action/lock/schema.ts'
import { createWorkspace } from '../../support/action/workspace.ts'

function entry(seed: string): LockEntry {
  return {
    fingerprint: seed.repeat(64),
    sha256: seed.repeat(64),
    bytes: 12,
    media_type: 'image/png',
    width: 8,
    height: 8,
    model: 'a/b',
    cost_usd: 0.04,
    spec: { prompt: 'x', model: 'a/b' },
  }
}

describe('easel.lock.json', () => {
  it('reads back what it wrote, and writes the same text', () => {
    const entries = new Map([
      ['b.png', entry('b')],
      ['a.png', entry('a')],
      ['a-b.png', entry('c')],
    ])

    const text = formatLock(entries)

    expect(Object.keys(Object.fromEntries(parseLock(text, 'l')))).toEqual(['a-b.png', 'a.png', 'b.png'])
    expect(formatLock(parseLock(text, 'l'))).toBe(text)
    expect(text.endsWith('\n')).toBe(true)
  })

  it('does not depend on the order of entries', () => {
    const paths = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,3}$/), { maxLength: 8 })
    fc.assert(
      fc.property(paths, (names) => {
        const all = names.map((name) => [`${name}.png`, entry('a')] as const)
        expect(formatLock(new Map(all))).toBe(formatLock(new Map(all.toReversed())))
      }),
    )
  })

  it.each([
    ['{"version": 2, "images": {}}', 'has version 2, written by a newer Easel'],
    ['{"version": 1', 'is not valid JSON'],
    ['[]', 'is broken'],
    ['{"version": 1, "images": {"a.png": {"fingerprint": "x"}}}', 'is broken'],
    [
      JSON.stringify({ version: 1, images: { '../../etc/passwd': entry('a') } }),
      'leads outside the workspace',
    ],
    [JSON.stringify({ version: 1, images: { '.git/config': entry('a') } }), 'is inside .git'],
  ])('says what is wrong with %j', (text, message) => {
    expect(() => parseLock(text, 'easel.lock.json')).toThrow(message)
    expect(() => parseLock(text, 'easel.lock.json')).toThrow(/^easel\.lock\.json /)
  })
})

describe('the lock on disk', () => {
  it('loses no entry, however many are set at once', async () => {
    await using workspace = await createWorkspace()
    const lock = createLockStore(workspace.root, 'easel.lock.json')
    const names = Array.from({ length: 300 }, (_, index) => `${index}.png`)

    await Promise.all(names.map((name) => lock.set(name, entry('a'))))

    expect((await lock.read()).size).toBe(300)
    expect(await workspace.files()).toEqual(['easel.lock.json'])
  })

  it('keeps what another program wrote meanwhile, and adds its own entries', async () => {
    await using workspace = await createWorkspace()
    const lock = createLockStore(workspace.root, 'easel.lock.json')
    await lock.set('a.png', entry('a'))
    await workspace.write('easel.lock.json', formatLock(new Map([['other.png', entry('b')]])))

    await lock.set('c.png', entry('c'))

    expect([...(await lock.read()).keys()]).toEqual(['a.png', 'c.png', 'other.png'])
  })

  it('notices an edit by another program that keeps the size of the file', async () => {
    await using workspace = await createWorkspace()
    const lock = createLockStore(workspace.root, 'easel.lock.json')
    await lock.set('a.png', entry('a'))

    const text = await workspace.text('easel.lock.json')
    await workspace.write('easel.lock.json', text.replace('a.png', 'b.png'))

    expect([...(await lock.read()).keys()]).toEqual(['b.png'])
  })

  it('writes what was set for later with the next entry, or when it is told to', async () => {
    await using workspace = await createWorkspace()
    const lock = createLockStore(workspace.root, 'easel.lock.json')
    lock.setLater('a.png', entry('a'))
    expect(await workspace.files()).toEqual([])

    await lock.set('b.png', entry('b'))
    expect([...(await workspace.lock()).keys()]).toEqual(['a.png', 'b.png'])
    lock.setLater('a.png', undefined)
    await lock.flush()
    expect([...(await workspace.lock()).keys()]).toEqual(['b.png'])
    const before = await stat(join(workspace.root, 'easel.lock.json'))
    await lock.flush()

    expect((await stat(join(workspace.root, 'easel.lock.json'))).ino, 'nothing is left to write').toBe(
      before.ino,
    )
  })

  it.each(['{"version": 1', '{"version": 7}'])(
    'never overwrites a lock that it can’t read: %j',
    async (text) => {
      await using workspace = await createWorkspace({ 'easel.lock.json': text })
      const lock = createLockStore(workspace.root, 'easel.lock.json')

      await expect(lock.set('a.png', entry('a'))).rejects.toThrow('easel.lock.json')
      expect(await workspace.text('easel.lock.json')).toBe(text)
    },
  )

  it('holds an entry once set resolves, and accepts entries again after a failure', async () => {
    await using workspace = await createWorkspace({ 'easel.lock.json': 'broken' })
    const lock = createLockStore(workspace.root, 'easel.lock.json')
    await expect(lock.set('a.png', entry('a'))).rejects.toThrow()
    await workspace.write('easel.lock.json', formatLock(new Map()))

    await lock.set('b.png', entry('b'))

    expect((await lock.read()).size, 'the entry that failed before is in it now').toBe(2)
  })
})
