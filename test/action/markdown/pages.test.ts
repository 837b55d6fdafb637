import { describe, expect, it } from 'vitest'
import { oneImage, see, type Seen } from '../../support/action/pages.ts'

describe('an easel comment before an image', () => {
  it.each<[string, string, Seen]>([
    [
      'with fields',
      '<!-- easel\nprompt: A lamp\naspect_ratio: 4:3\n-->\n![x](a.png)',
      oneImage('a.png', 'x', '5:1', { prompt: 'A lamp', aspect_ratio: '4:3' }),
    ],
    ['with nothing in it', '<!-- easel -->\n![x](a.png)', oneImage('a.png', 'x', '2:1')],
    ['without white space', '<!--easel-->\n![x](a.png)', oneImage('a.png', 'x', '2:1')],
    [
      'on one line with its fields',
      '<!-- easel seed: 7 -->\n![x](a.png)',
      oneImage('a.png', 'x', '2:1', { seed: 7 }),
    ],
    [
      'as a flow map',
      '<!-- easel {seed: 7, take: 2} -->\n![x](a.png)',
      oneImage('a.png', 'x', '2:1', { seed: 7, take: 2 }),
    ],
    [
      'with a blank line inside',
      '<!-- easel\nseed: 7\n\ntake: 2\n-->\n![x](a.png)',
      oneImage('a.png', 'x', '6:1', { seed: 7, take: 2 }),
    ],
    ['with a blank line after it', '<!-- easel -->\n\n![x](a.png)', oneImage('a.png', 'x', '3:1')],
    ['in a sentence', 'See <!-- easel --> ![x](a.png) here.', oneImage('a.png', 'x', '1:20')],
    ['at the end of the line before', 'See <!-- easel -->\n![x](a.png)', oneImage('a.png', 'x', '2:1')],
    [
      'in a quote',
      '> <!-- easel\n> seed: 7\n> -->\n> ![x](a.png)',
      oneImage('a.png', 'x', '4:3', { seed: 7 }),
    ],
    [
      'in a list',
      '1. <!-- easel\n   seed: 7\n   -->\n   ![x](a.png)',
      oneImage('a.png', 'x', '4:4', { seed: 7 }),
    ],
    ['in a table', '| a |\n| - |\n| <!-- easel --> ![x](a.png) |', oneImage('a.png', 'x', '3:18')],
    ['before a list that starts with it', '<!-- easel -->\n- ![x](a.png)', oneImage('a.png', 'x', '2:3')],
    [
      'before another comment',
      '<!-- easel -->\n<!-- prettier-ignore -->\n![x](a.png)',
      oneImage('a.png', 'x', '3:1'),
    ],
    [
      'with CRLF',
      '<!-- easel\r\nseed: 7\r\n-->\r\n![x](a.png)\r\n',
      oneImage('a.png', 'x', '4:1', { seed: 7 }),
    ],
    ['with CR alone', '<!-- easel\rseed: 7\r-->\r![x](a.png)\r', oneImage('a.png', 'x', '4:1', { seed: 7 })],
    ['after a byte order mark', '\uFEFF<!-- easel -->\n![x](a.png)', oneImage('a.png', 'x', '2:1')],
    [
      'after YAML front matter',
      '---\ntitle: <!-- easel -->\n---\n<!-- easel -->\n![x](a.png)',
      oneImage('a.png', 'x', '5:1'),
    ],
    [
      'after TOML front matter',
      '+++\ntitle = "<!-- easel -->"\n+++\n<!-- easel -->\n![x](a.png)',
      oneImage('a.png', 'x', '5:1'),
    ],
    [
      'after front matter with CRLF and a byte order mark',
      '\uFEFF---\r\na: b\r\n---\r\n<!-- easel -->\r\n![x](a.png)',
      oneImage('a.png', 'x', '5:1'),
    ],
    [
      'that refers to a named image',
      '<!-- easel: hero -->\n![x](a.png)',
      { images: [{ url: 'a.png', alt: 'x', at: '2:1', refersTo: 'hero' }], problems: [] },
    ],
  ])('is read %s', (_, content, expected) => {
    expect(see(content)).toEqual(expected)
  })

  it.each<[string, string]>([
    ['a fence', '```md\n<!-- easel -->\n![x](a.png)\n```'],
    ['a fence of tildes in a list', '- ~~~\n  <!-- easel -->\n  ![x](a.png)\n  ~~~'],
    ['indented code', 'Text\n\n    <!-- easel -->\n    ![x](a.png)'],
    ['inline code', 'Write `<!-- easel -->` before `![x](a.png)`.'],
    ['front matter', '---\na: <!-- easel -->\n---\n![x](a.png)'],
    ['a comment that starts with another word', '<!-- easels are nice -->\n![x](a.png)'],
    ['a comment that mentions it', '<!-- this is not easel -->\n![x](a.png)'],
    ['an attribute', '<p title="<!-- easel -->">\n<img src="a.png" alt="x"></p>'],
    ['a script', '<script>\nconst a = "<!-- easel -->"\n</script>\n\n![x](a.png)'],
    ['escaped', '\\<!-- easel -->![x](a.png)'],
  ])('is ignored in %s', (_, content) => {
    expect(see(content)).toEqual({ images: [], problems: [] })
  })

  it.each<[string, string, string]>([
    [
      'text',
      '<!-- easel -->\nWords ![x](a.png)',
      '1:6 No image follows this comment: there is other content',
    ],
    [
      'a heading',
      '<!-- easel -->\n# Words\n![x](a.png)',
      '1:6 No image follows this comment: there is other content',
    ],
    [
      'code',
      '<!-- easel -->\n`code` ![x](a.png)',
      '1:6 No image follows this comment: there is other content',
    ],
    ['the end', '![x](a.png)\n\n<!--\n  easel\n-->\n', '4:3 No image follows this comment: the page ends.'],
    [
      'another comment',
      '<!-- easel -->\n<!-- easel -->\n![x](a.png)',
      '1:6 No image follows this comment: another comment',
    ],
    [
      'an image that HTML treats as text',
      '<!-- easel --> ![x](a.png)',
      '1:6 No image follows this comment: Markdown after a comment',
    ],
    [
      'a reference without a definition',
      '<!-- easel -->\n![x][gone]',
      '1:6 No image follows this comment: Markdown after a comment',
    ],
  ])('is reported when %s follows', (_, content, problem) => {
    expect(see(content).problems).toEqual([expect.stringContaining(problem)])
  })

  it.each<[string, string, string[]]>([
    [
      'an unknown field',
      '<!-- easel\nseed: 1\npromt: x\n-->\n![x](a.png)',
      ['3:1 promt is not a field of a comment: did you mean prompt?'],
    ],
    [
      'a wrong value',
      '- <!-- easel\n  seed: -1\n  -->\n  ![x](a.png)',
      ['2:9 seed is -1: must be at least 0.'],
    ],
    [
      'a wrong value after the word',
      'So <!-- easel seed: -1 --> ![x](a.png)',
      ['1:21 seed is -1: must be at least 0.'],
    ],
    [
      'a wrong value in a quote',
      '> <!-- easel\r\n> seed: -1\r\n> -->\r\n> ![x](a.png)',
      ['2:9 seed is -1: must be at least 0.'],
    ],
    [
      'a path',
      '<!-- easel path: b.png -->\n![x](a.png)',
      ['1:12 path is not a field of a comment: the image after the comment has the path.'],
    ],
    [
      'several images',
      '<!-- easel n: 2 -->\n![x](a.png)',
      ['1:12 n is not a field of a comment: one path holds one image.'],
    ],
    [
      'only words',
      '<!-- easel A lamp -->\n![x](a.png)',
      ['1:12 a comment is "A lamp": it must be a list of fields and values.'],
    ],
    [
      'invalid YAML',
      '<!-- easel\nprompt: "x\n-->\n![x](a.png)',
      [expect.stringMatching(/^3:1 Invalid YAML/)],
    ],
    [
      'two ids',
      '<!-- easel: a b -->\n![x](a.png)',
      [expect.stringMatching(/^1:6 After easel: write the id/)],
    ],
  ])('with %s is reported at its own line and column', (_, content, wrong) => {
    expect(see(content).images).toEqual([expect.objectContaining({ wrong })])
  })

  it('may hold any YAML: lists, nested maps, multi-line text', () => {
    const content = `<!-- easel
prompt: >-
  A lamp
  at night
input_images:
  - docs/a.png
provider: { order: [x] }
-->
![x](a.png)`
    const fields = { prompt: 'A lamp at night', input_images: ['docs/a.png'], provider: { order: ['x'] } }
    expect(see(content)).toEqual(oneImage('a.png', 'x', '9:1', fields))
  })
})
