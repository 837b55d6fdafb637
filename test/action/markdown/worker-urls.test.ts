import { describe, expect, it } from 'vitest'
import { withWorkerUrls } from '../../../action/markdown/worker-urls.ts'

const base = 'https://img.example.com'
const FOX = `${base}/image?prompt=A+fox&format=auto`

const rewrite = (page: string, file = 'page.md') => withWorkerUrls(page, file, { base })

describe('an image that an easel comment describes', () => {
  it.each([
    ['inline', '<!-- easel -->\n![A fox](fox.png)', `<!-- easel -->\n![A fox](${FOX})`],
    ['with a title', '<!-- easel -->\n![A fox](<a fox.png> "Red")', `<!-- easel -->\n![A fox](${FOX} "Red")`],
    [
      'in reference style',
      '<!-- easel -->\n![A fox][ref]\n\n[ref]: fox.png',
      `<!-- easel -->\n![A fox](${FOX})\n\n[ref]: fox.png`,
    ],
    [
      'in HTML',
      '<!-- easel -->\n<img width="3" src="fox.png" alt="A fox">',
      `<!-- easel -->\n<img width="3" src="${FOX.replace('&', '&amp;')}" alt="A fox">`,
    ],
    [
      'in a list, with Windows line breaks',
      '- <!-- easel seed: 7 -->\r\n  ![A fox](fox.png)\r\n',
      `- <!-- easel seed: 7 -->\r\n  ![A fox](${base}/image?prompt=A+fox&seed=7&format=auto)\r\n`,
    ],
    [
      'by its id',
      '<!-- easel: hero -->\n![A fox](fox.png)',
      `<!-- easel: hero -->\n![A fox](${base}/named/hero?format=auto)`,
    ],
  ])('gets its Worker’s URL: %s', (_, page, expected) => {
    expect(rewrite(page)).toBe(expected)
  })

  it('gets it in MDX', () => {
    const page = '{/* easel prompt: A fox */}\n<Image src="./fox.png" alt="Red" />'

    expect(rewrite(page, 'page.mdx')).toBe(
      `{/* easel prompt: A fox */}\n<Image src="${FOX.replace('&', '&amp;')}" alt="Red" />`,
    )
  })

  it('is delivered as the site wants it', () => {
    const page = '<!-- easel -->\n![A fox](fox.png)'

    expect(withWorkerUrls(page, 'page.md', { base, delivery: { w: 640, format: 'webp' } })).toContain(
      '?prompt=A+fox&format=webp&w=640)',
    )
  })
})

describe('everything else', () => {
  it.each([
    '![A fox](fox.png)\n\n<!-- a comment -->\n![A fox](fox.png)\n',
    '```md\n<!-- easel -->\n![A fox](fox.png)\n```\n',
    '\uFEFF# No image\r\n',
  ])('stays as it is: %j', (page) => {
    expect(rewrite(page)).toBe(page)
  })

  it('stays as it is between images', () => {
    const page =
      'Before\n\n<!-- easel -->\n![A fox](fox.png)\n\n![A hen](hen.png)\n\n<!-- easel -->\n![A fox](b.png) after\n'

    expect(rewrite(page)).toBe(page.replace('fox.png', FOX).replace('b.png', FOX))
  })
})

describe('a mistake', () => {
  it.each([
    ['in a field', '\n<!-- easel seed: x -->\n![A fox](fox.png)', 'docs/page.md:2:18: error: seed'],
    [
      'in a field that needs JSON',
      '<!-- easel {rgb_colors: [[1, 2, 3]]} -->\n![A fox](a.png)',
      'docs/page.md:1:25: error: rgb_colors does not fit into a URL',
    ],
    [
      'in an input image, which the Worker can’t read from a file',
      '<!-- easel input_images: [a.png] -->\n![A fox](b.png)',
      'docs/page.md:1:26: error: input_images[0]',
    ],
    ['in the place of the comment', '<!-- easel -->\nText', 'docs/page.md:1:6: error: No image follows'],
  ])('%s is named with its line and column', (_, page, message) => {
    expect(() => rewrite(page, 'docs/page.md')).toThrow(message)
  })
})
