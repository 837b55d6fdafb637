import { describe, expect, it } from 'vitest'
import type { FileChange } from '../../../../action/github/changeset/changeset.ts'
import { messageFor } from '../../../../action/github/changeset/message.ts'
import { bodyFor, withSection } from '../../../../action/github/deliver/pull-request-body.ts'
import { rawUrl } from '../../../../action/github/report/image-url.ts'
import type { LockEntry } from '../../../../action/lock/schema.ts'

const ENTRY: LockEntry = {
  fingerprint: '0'.repeat(64),
  sha256: '0'.repeat(64),
  bytes: 1234,
  media_type: 'image/png',
  width: 640,
  height: 480,
  model: 'a/b',
  cost_usd: 0.04,
  spec: {},
}

function added(path: string): FileChange {
  return { path, before: undefined, after: ENTRY, hadFile: false, removesFile: false }
}

describe('a commit’s message', () => {
  it.each([
    [[added('a.png')], 'Add a.png'],
    [[added('a.png'), added('b.png')], 'Add 2 images'],
    [[{ ...added('a.png'), before: ENTRY }, added('b.png')], 'Update 2 images'],
    [[{ path: 'a.png', before: ENTRY, after: undefined, hadFile: true, removesFile: true }], 'Remove a.png'],
  ])('%# has a first line that says what happened', (changes, headline) => {
    expect(messageFor(undefined, changes).headline).toBe(headline)
  })

  it('lists fifty images and counts the rest', () => {
    const changes = Array.from({ length: 60 }, (_, at) => added(`${at}.png`))

    const { body } = messageFor(undefined, changes)

    expect(body).toContain('- 49.png (new)\n- and 10 more\n')
  })

  it('replaces only placeholders, and none in a path', () => {
    expect(messageFor('{summary} {what} {cost}', [added('{cost}.png')]).headline).toBe(
      'Add {cost}.png {what} $0.04',
    )
  })
})

describe('a pull request’s body', () => {
  const run = { serverUrl: 'https://x', repository: 'octo/docs' }
  const options = { before: rawUrl(run, 'before', ''), after: rawUrl(run, 'after', '') }

  it('escapes Markdown and HTML in paths', () => {
    const body = bodyFor([added('a|<b>`c`.png')], options)

    expect(body).toContain('a&#124;&#60;b&#62;&#96;c&#96;.png')
    expect(body).toContain('https://x/octo/docs/raw/after/a%7C%3Cb%3E%60c%60.png')
  })

  it('stays within GitHub’s limit and counts what doesn’t fit', () => {
    const body = bodyFor(
      Array.from({ length: 2000 }, (_, at) => added(`img/${at}.png`)),
      options,
    )

    expect(body.length).toBeLessThan(65_536)
    expect(body).toMatch(/… and \d+ more\.\n$/)
  })

  it('keeps what people wrote around its section, and leaves a body without it alone', () => {
    const first = withSection('', 'one')

    expect(withSection(`Hello\n${first}\nBye`, 'two')).toBe(`Hello\n${withSection('', 'two')}\nBye`)
    expect(withSection('All mine', 'two')).toBe('All mine')
  })
})
