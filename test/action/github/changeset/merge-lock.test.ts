import { describe, expect, it } from 'vitest'
import type { FileChange } from '../../../../action/github/changeset/changeset.ts'
import { type MergeBase, mergeLock } from '../../../../action/github/changeset/merge-lock.ts'
import type { LockEntry } from '../../../../action/lock/schema.ts'

/** An entry identified by two digits: one for its spec, one for its bytes. */
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

function change(path: string, before: LockEntry | undefined, after: LockEntry | undefined): FileChange {
  return { path, before, after, hadFile: before !== undefined, removesFile: after === undefined }
}

function base(images: Readonly<Record<string, LockEntry>>, more: Partial<MergeBase> = {}): MergeBase {
  return { lock: new Map(Object.entries(images)), editedByHand: new Set(), declared: undefined, ...more }
}

describe('merging a run’s lock entries with those of others', () => {
  it('keeps the entries of others and adds its own', () => {
    const { lock, ours } = mergeLock(
      [change('a', undefined, entry('1')), change('b', entry('2'), entry('3'))],
      base({ b: entry('2'), c: entry('4') }),
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
    ['there was none', undefined, entry('2'), undefined, undefined, 'ours'],
    ['they have the same entry', undefined, entry('2'), entry('2'), undefined, 'ours'],
    ['they generated the same spec', undefined, entry('2', 'a'), entry('2', 'b'), '2', 'theirs'],
    [
      'they generated another spec, and the config declares theirs',
      entry('1'),
      entry('2'),
      entry('3'),
      '3',
      'theirs',
    ],
    [
      'they generated another spec, and the config declares ours',
      entry('1'),
      entry('2'),
      entry('3'),
      '2',
      'ours',
    ],
    [
      'they generated another spec, and the config declares neither',
      entry('1'),
      entry('2'),
      entry('3'),
      undefined,
      'theirs',
    ],
    ['they removed it, and the config still declares it', entry('1'), entry('2'), undefined, '2', 'ours'],
    [
      'they removed it, and the config no longer declares it',
      entry('1'),
      entry('2'),
      undefined,
      undefined,
      'theirs',
    ],
    ['we prune it, and nobody touched it', entry('1'), undefined, entry('1'), undefined, 'ours'],
    ['we prune it, and they regenerated it', entry('1'), undefined, entry('2'), undefined, 'theirs'],
  ])('where %s', (_when, before, after, theirs, declared, wins) => {
    const there = base(theirs ? { a: theirs } : {}, {
      declared: declared === undefined ? new Map() : new Map([['a', declared.repeat(64)]]),
    })

    const { lock, ours, superseded } = mergeLock([change('a', before, after)], there)

    expect(lock.get('a')).toEqual(wins === 'ours' ? after : theirs)
    expect([ours.length, superseded.length]).toEqual(wins === 'ours' ? [1, 0] : [0, 1])
  })

  it('leaves a file alone that somebody edited by hand', () => {
    const there = base({ a: entry('1') }, { editedByHand: new Set(['a']) })

    const { lock, superseded } = mergeLock([change('a', entry('1'), entry('2'))], there)

    expect(lock.get('a')).toEqual(entry('1'))
    expect(superseded).toHaveLength(1)
  })
})
