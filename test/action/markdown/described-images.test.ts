import { describe, expect, it } from 'vitest'
import { imagePath } from '../../../action/markdown/image-path.ts'
import { oneImage, see, type Seen } from '../../support/action/pages.ts'

describe('the image after a comment', () => {
  it.each<[string, string, string | undefined, string | undefined]>([
    ['emphasis in its alt text', '![How the *lamp* **turns**](a.png)', 'a.png', 'How the lamp turns'],
    ['code, links and images in its alt text', '![a `b` [c](d) ![e](f)](a.png)', 'a.png', 'a b c e'],
    ['escapes and references in its alt text', '![a \\* &amp; &#228;](a.png)', 'a.png', 'a * & ä'],
    ['an alt text over two lines', '![How\nit turns](a.png)', 'a.png', 'How it turns'],
    ['no alt text', '![](a.png)', 'a.png', ''],
    ['a title', '![x](a.png "the title")', 'a.png', 'x'],
    ['a path in angle brackets', '![x](<my images/a b.png>)', 'my images/a b.png', 'x'],
    ['parentheses in its path', '![x](a(1)(b(2)).png)', 'a(1)(b(2)).png', 'x'],
    ['escaped parentheses in its path', '![x](a\\(1.png)', 'a(1.png', 'x'],
    ['unicode in its path', '![x](bilder/größe.png)', 'bilder/größe.png', 'x'],
    ['a reference', '![x][lamp]\n\n[Lamp]: a.png', 'a.png', 'x'],
    ['a collapsed reference', '![Lamp][]\n\n[lamp]: <a b.png> "t"', 'a b.png', 'Lamp'],
    ['a shortcut reference', '![  my\n Lamp ]\n\n[my lamp]: a.png', 'a.png', 'my Lamp'],
    ['a reference that is defined twice', '![x][l]\n\n[l]: a.png\n[l]: b.png', 'a.png', 'x'],
    ['a link around it', '[![x](a.png)](https://example.com)', 'a.png', 'x'],
    ['a reference in a link', '[![x][l]][m]\n\n[l]: a.png\n[m]: https://example.com', 'a.png', 'x'],
    ['emphasis around it', '**![x](a.png)**', 'a.png', 'x'],
    ['HTML in a block', '<img alt="x" src="a.png">', 'a.png', 'x'],
    ['HTML in a figure', '<figure>\n  <img src="a.png" alt="x">\n</figure>', 'a.png', 'x'],
    ['HTML in a link, in capitals', '<A HREF="b"><IMG SRC=a.png ALT=x></A>', 'a.png', 'x'],
    [
      'HTML with references and line breaks',
      "<img\n  src='a&amp;b.png'\n  alt='&quot;x&quot;\n  y'/>",
      'a&b.png',
      '"x" y',
    ],
    ['HTML without alt', '<img src="a.png">', 'a.png', undefined],
    ['HTML without src', '<img alt="x">', undefined, 'x'],
  ])('may have %s', (_, markdown, url, alt) => {
    const [found] = see(`<!-- easel -->\n${markdown}`).images
    expect(found).toMatchObject({ fields: {} })
    expect(found).toHaveProperty('url', url)
    expect(found).toHaveProperty('alt', alt)
  })

  it('may be HTML inside a sentence', () => {
    expect(see('See <!-- easel --> <img src="a.png" alt="x"> here.')).toEqual(oneImage('a.png', 'x', '1:20'))
  })
})

describe('MDX', () => {
  it.each<[string, string, Seen]>([
    [
      'a comment of its own',
      '{/* easel\nseed: 7\n*/}\n![x](a.png)',
      oneImage('a.png', 'x', '4:1', { seed: 7 }),
    ],
    ['one in a sentence', 'See {/* easel */} ![x](a.png).', oneImage('a.png', 'x', '1:19')],
    [
      'one with lists and blank lines',
      '{/* easel\ninput_images:\n  - b.png\n\nseed: 7\n*/}\n![x](a.png)',
      oneImage('a.png', 'x', '7:1', { input_images: ['b.png'], seed: 7 }),
    ],
    [
      'one in a quote',
      '> {/* easel\n> seed: 7\n> */}\n> ![x](a.png)',
      oneImage('a.png', 'x', '4:3', { seed: 7 }),
    ],
    [
      'one after imports and exports',
      'import A from "./a"\nexport const b = {\n  c: 1,\n}\n\n{/* easel */}\n![x](a.png)',
      oneImage('a.png', 'x', '7:1'),
    ],
    [
      'an indented image, which is not code',
      '{/* easel */}\n\n    ![x](a.png)',
      oneImage('a.png', 'x', '3:5'),
    ],
    [
      'JSX inside a component',
      '<Frame\n  style={{ a: "}" }}\n>\n  {/* easel */}\n  <img src="a.png" alt="x" />\n</Frame>',
      oneImage('a.png', 'x', '5:3'),
    ],
    [
      'Markdown inside a component',
      '<Frame>\n\n{/* easel */}\n![x](a.png)\n\n</Frame>',
      oneImage('a.png', 'x', '4:1'),
    ],
    [
      'a component that shows images',
      '{/* easel */}\n<Image src={"a.png"} alt="x" {...rest} />',
      oneImage('a.png', 'x', '2:1'),
    ],
    [
      'an HTML comment, which Docusaurus allows',
      '<!-- easel\nseed: 7\n-->\n![x](a.png)',
      oneImage('a.png', 'x', '4:1', { seed: 7 }),
    ],
  ])('takes %s', (_, content, expected) => {
    expect(see(content, 'docs/page.mdx')).toEqual(expected)
  })

  it('has no comments in code, or in other expressions', () => {
    const content = '```mdx\n{/* easel */}\n```\n\n`{/* easel */}` {a /* easel */} ![x](a.png)'
    expect(see(content, 'docs/page.mdx')).toEqual({ images: [], problems: [] })
  })

  it('comments are not valid in .md files, and Easel says so', () => {
    expect(see('{/* easel */}\n![x](a.png)\n\n    {/* easel */}')).toEqual({
      images: [],
      problems: ['1:1 Only .mdx files have comments in braces: in Markdown, write <!-- easel … -->.'],
    })
  })
})

describe('the path of an image', () => {
  it.each<[string, string | undefined, string]>([
    ['a.png', undefined, 'docs/guide/a.png'],
    ['./img/a.png', undefined, 'docs/guide/img/a.png'],
    ['../img/a.png', undefined, 'docs/img/a.png'],
    ['a%20b.png', undefined, 'docs/guide/a b.png'],
    ['gr%C3%B6%C3%9Fe.png', undefined, 'docs/guide/größe.png'],
    ['100%.png', undefined, 'docs/guide/100%.png'],
    ['a.png?v=2#top', undefined, 'docs/guide/a.png'],
    ['/img/a.png', 'static', 'static/img/a.png'],
    ['/img/a.png', '.', 'img/a.png'],
    ['a.png', 'static', 'docs/guide/a.png'],
    ['../../../a.png', undefined, '../a.png'],
  ])('%s, with the site’s root %s, is %s', (url, siteRoot, path) => {
    expect(imagePath(url, { file: 'docs/guide/page.md', siteRoot })).toEqual({ path })
  })

  it.each([
    ['https://example.com/a.png', 'is not in this repository'],
    ['//example.com/a.png', 'is not in this repository'],
    ['data:image/png;base64,AAAA', 'is not in this repository'],
    ['/img/a.png', 'starts with /: set site_root'],
    ['#top', 'is not a file name'],
  ])('%s is refused', (url, problem) => {
    const result = imagePath(url, { file: 'docs/page.md', siteRoot: undefined })
    expect(result).toEqual({ problem: expect.stringContaining(problem) })
  })
})
