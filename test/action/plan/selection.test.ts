import { describe, expect, it } from 'vitest'
import { createSelection } from '../../../action/plan/selection.ts'

const KNOWN = [{ path: 'img/a.png', id: 'lamp' }, { path: 'img/b+(1).png' }, { path: 'img/[c].png' }]

const selected = (...patterns: string[]): string[] => {
  const isSelected = createSelection(patterns, KNOWN)
  return KNOWN.filter(({ path, id }) => isSelected(path, id)).map(({ path }) => path)
}

describe('a selection', () => {
  it.each([
    [[], ['img/a.png', 'img/b+(1).png', 'img/[c].png']],
    [['lamp'], ['img/a.png']],
    [['.\\img\\a.png'], ['img/a.png']],
    [['img/b+(1).png'], ['img/b+(1).png']],
    [['img/[c].png'], ['img/[c].png']],
    [
      ['img/[ab]*', 'lamp'],
      ['img/a.png', 'img/b+(1).png'],
    ],
  ])('%j is %j', (patterns, paths) => {
    expect(selected(...patterns)).toEqual(paths)
  })

  it.each([
    [[''], '"" matches no image.'],
    [['lamp', 'lmap'], /^lmap matches no image\./],
    [Array.from({ length: 300 }, (_, at) => `gone-${at}`), /gone-9 … and 290 more matches no image/],
    [['img/+(a).png'], 'img/+(a).png has a group in parentheses'],
    [['{a,b}'.repeat(7)], 'means more than 64 patterns'],
    [Array.from({ length: 1001 }, (_, at) => `*${at}`), 'The selection means more than 1000 patterns'],
  ])('%j is refused', (patterns, message) => {
    expect(() => selected(...patterns)).toThrow(message)
  })

  it('of thousands of paths takes no time', () => {
    const known = Array.from({ length: 20_000 }, (_, at) => ({ path: `img/${at}.png` }))
    const before = process.threadCpuUsage()

    const isSelected = createSelection(
      known.map(({ path }) => path),
      known,
    )

    expect(known.every(({ path }) => isSelected(path))).toBe(true)
    expect(process.threadCpuUsage(before).user / 1000).toBeLessThan(3000)
  })
})
