import { describe, expect, it } from 'vitest'
import type { Change } from '../../../../action/github/deliver/file-change.ts'
import { mergeLock, type Upstream } from '../../../../action/github/deliver/merge-lock.ts'
import type { LockEntry } from '../../../../action/lock/schema.ts'

/** An entry told by two digits: what it is of, and which image it is. */
function entry(fingerprint: string, sha256 = fingerprint): LockEntry {
  return {
    fingerprint: fingerprint.repeat(64),
    sha256: sha256.repeat(64),
    bytes: 1,
    media_type: 'image/png',
    width: 1,
    height: 1,
    model: 'a/b',
    spec: { prompt: fingerprint },
  }
}

function change(path: string, before: LockEntry | undefined, after: LockEntry | undefined): Change {
  return { path, before, after, removesFile: after === undefined }
}

function upstream(images: Readonly<Record<string, LockEntry>>, more: Partial<Upstream> = {}): Upstream {
  return { lock: new Map(Object.entries(images)), editedByHand: new Set(), wanted: undefined, ...more }
}

describe('merging a run into a lock that others wrote to', () => {
  it('keeps everybody’s entries and adds its own', () => {
    const { lock, ours } = mergeLock(
      [change('a', undefined, entry('1')), change('b', entry('2'), entry('3'))],
      upstream({ b: entry('2'), c: entry('4') }),
    )

    expect(Object.fromEntries(lock)).toEqual({ a: entry('1'), b: entry('3'), c: entry('4') })
    expect(ours.map(({ path }) => path)).toEqual(['a', 'b'])
  })

  it.each<
    [
      string,
      LockEntry | undefined,
      LockEntry | undefined,
      LockEntry | undefined,
      string | undefined,
      'ours' | 'theirs',
    ]
  >([
    ['nobody touched it', entry('1'), entry('2'), entry('1'), undefined, 'ours'],
    ['nobody had one', undefined, entry('2'), undefined, undefined, 'ours'],
    ['they have the very same', undefined, entry('2'), entry('2'), undefined, 'ours'],
    ['they generated the same description', undefined, entry('2', 'a'), entry('2', 'b'), '2', 'theirs'],
    [
      'they generated another description, and theirs is wanted',
      entry('1'),
      entry('2'),
      entry('3'),
      '3',
      'theirs',
    ],
    [
      'they generated another description, and ours is wanted',
      entry('1'),
      entry('2'),
      entry('3'),
      '2',
      'ours',
    ],
    [
      'they generated another description, and nobody knows',
      entry('1'),
      entry('2'),
      entry('3'),
      undefined,
      'theirs',
    ],
    ['they removed it, and it is still wanted', entry('1'), entry('2'), undefined, '2', 'ours'],
    ['they removed it, and it is wanted no more', entry('1'), entry('2'), undefined, undefined, 'theirs'],
    ['we prune it, and nobody touched it', entry('1'), undefined, entry('1'), undefined, 'ours'],
    ['we prune it, and they generated it anew', entry('1'), undefined, entry('2'), undefined, 'theirs'],
  ])('where %s', (_when, before, after, theirs, wanted, wins) => {
    const there = upstream(theirs ? { a: theirs } : {}, {
      wanted: wanted === undefined ? new Map() : new Map([['a', wanted.repeat(64)]]),
    })

    const { lock, ours, superseded } = mergeLock([change('a', before, after)], there)

    expect(lock.get('a')).toEqual(wins === 'ours' ? after : theirs)
    expect([ours.length, superseded.length]).toEqual(wins === 'ours' ? [1, 0] : [0, 1])
  })

  it('leaves a file alone that somebody edited by hand', () => {
    const there = upstream({ a: entry('1') }, { editedByHand: new Set(['a']) })

    const { lock, superseded } = mergeLock([change('a', entry('1'), entry('2'))], there)

    expect(lock.get('a')).toEqual(entry('1'))
    expect(superseded).toHaveLength(1)
  })
})
