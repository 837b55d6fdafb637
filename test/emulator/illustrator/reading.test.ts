import { describe, expect, it } from 'vitest'
import { wrap } from '../../../emulator/illustrator/caption.ts'
import { read } from '../../../emulator/illustrator/reading.ts'

describe('a prompt is read for', () => {
  it.each([
    ['A lighthouse at dusk', { light: 'dusk', setting: 'sea' }],
    ['A watercolor of mountains at dawn', { light: 'dawn', setting: 'mountains' }],
    ['foxes in a snowy forest', { season: 'winter', weather: 'snow', setting: 'forest' }],
    ['a robot drinking coffee in a city at night', { light: 'night', setting: 'city' }],
    ['a cup of tea', { light: undefined, setting: 'room' }],
    ['the sound of distant hope', { light: undefined, setting: undefined }],
  ])('light, weather and place: %s', (prompt, expected) => {
    expect(read(prompt)).toMatchObject(expected)
  })

  it.each([
    ['a robot drinking coffee', ['robot', 'coffee']],
    ['a red panda', ['red panda']],
    ['an orange fish', ['fish']],
    ['a bowl with an orange', ['fruit']],
    ['nothing in particular', []],
  ])('things, in its order: %s', (prompt, firstWords) => {
    const { figures } = read(prompt)
    expect(figures).toHaveLength(firstWords.length)
    for (const [index, word] of firstWords.entries()) expect(figures[index]?.subject.words).toContain(word)
  })

  it('colours, each for the thing that follows it', () => {
    const { figures } = read('a teal robot beside a red and white lighthouse')
    const [robot, lighthouse] = figures.map(({ colour }) => colour)
    expect(robot).toBe('#2b8688')
    expect(lighthouse).toBe('#c8402f')
    expect(read('a red panda').colours).toEqual([])
    // Words like any other, although every object has a property of that name.
    expect(read('a constructor on a red house, __proto__, toString').colours).toEqual(['#c8402f'])
  })
})

describe('a caption', () => {
  it('breaks at words and ends in an ellipsis when there is more', () => {
    expect(wrap('A lighthouse at dusk', 40)).toEqual(['A lighthouse at dusk'])
    const lines = wrap('one two three four five six seven eight nine ten eleven twelve', 10)
    expect(lines).toHaveLength(2)
    expect(lines[0]).toBe('one two three four five')
    expect(lines[1]).toMatch(/…$/)
  })

  it('cuts a word that is longer than a line', () => {
    expect(wrap('a'.repeat(500), 10)).toEqual([expect.stringMatching(/^a+…$/)])
  })
})
