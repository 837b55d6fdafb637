import { describe, expect, it } from 'vitest'
import { findShownImages } from '../../../action/markdown/shown-images.ts'
import { createWorkspace } from '../../support/action/workspace.ts'

const GLOBS = ['docs/**/*.md', 'docs/**/*.mdx']

async function pageThatShows(path: string, page: string, text: string): Promise<string | undefined> {
  await using workspace = await createWorkspace({ [page]: text })
  const { shownBy } = await findShownImages([path], { root: workspace.root, globs: GLOBS })
  return shownBy.get(path)
}

describe('docs/img/fox.png is shown by docs/a.md', () => {
  it.each([
    ['an image', '![A fox](img/fox.png)'],
    ['an image with a title', '![A fox](img/fox.png "A fox")'],
    ['an image in angle brackets', '![A fox](<img/fox.png>)'],
    ['a path that starts with ./', '![A fox](./img/fox.png)'],
    ['a query', '![A fox](img/fox.png?raw=true)'],
    ['a fragment', '![A fox](img/fox.png#gh-dark-mode-only)'],
    ['an escaped letter', '![A fox](img/f%6Fx.png)'],
    ['a reference', '![A fox][fox]\n\n[fox]: img/fox.png'],
    ['a link', '[![A fox](small.png)](img/fox.png)'],
    ['HTML', '<p><IMG alt=fox SRC=img/fox.png></p>'],
    ['one of several sources', '<source srcset="img/fox.png 1x, img/fox@2x.png 2x">'],
    ['a poster', '<video poster="img/fox.png"></video>'],
    ['a style', '<div style="background: url(img/fox.png)"></div>'],
    ['front matter', '---\nimage: img/fox.png\n---\n'],
    ['front matter, from the repository’s root', '---\nimage: docs/img/fox.png\n---\n'],
    ['the root of the repository', '![A fox](/docs/img/fox.png)'],
    ['the root of a site', '![A fox](/img/fox.png)'],
    ['a URL', '![A fox](https://raw.githubusercontent.com/octo/docs/main/docs/img/fox.png)'],
    ['code', '`img/fox.png`'],
    ['a longer way', '![A fox](../docs/img/../img//./fox.png)'],
    ['escaped characters of Markdown', '![A fox](img\\/fox\\.png)'],
    ['a character reference', '<img src="img/f&#111;x.png">'],
    ['a base path', '![A fox](/project/img/fox.png)'],
    ['the alias of a folder', "import fox from '$lib/img/fox.png'"],
    ['the alias of its folder', "import fox from '@img/fox.png'"],
  ])('by %s', async (_, text) => {
    expect(await pageThatShows('docs/img/fox.png', 'docs/a.md', text)).toBe('docs/a.md')
  })

  it.each([
    ['another folder', '![A fox](other/fox.png)'],
    ['another folder above', '![A fox](../img/fox.png)'],
    ['the folder of the page', '![A fox](fox.png)'],
    ['a longer name', '![A fox](img/arctic-fox.png)'],
    ['a longer extension', '![A fox](img/fox.pngx)'],
    ['another root', '![A fox](/other/fox.png)'],
    ['a folder of the same name', '![A fox](/a/b/img/fox.png)'],
  ])('not by a file in %s', async (_, text) => {
    expect(await pageThatShows('docs/img/fox.png', 'docs/a.md', text)).toBeUndefined()
  })
})

it('is found in other characters for the same text', async () => {
  const page = '![A café](caf\u0065\u0301.png)'
  expect(await pageThatShows('docs/caf\u00e9.png', 'docs/a.md', page)).toBe('docs/a.md')
})

it('is looked for in time for many files in large pages', async () => {
  const paths = Array.from({ length: 2000 }, (_, index) => `docs/img/image-${index}.png`)
  const page = '![Another](img/another-image.png) and some words.\n'.repeat(20_000)
  await using workspace = await createWorkspace({ 'docs/a.md': page })
  const begun = process.cpuUsage()
  const { shownBy } = await findShownImages(paths, { root: workspace.root, globs: GLOBS })
  const { user } = process.cpuUsage(begun)
  expect(shownBy.size).toBe(0)
  expect(user / 1000, 'milliseconds of CPU; two thousand searches of 1 MB take longer').toBeLessThan(3000)
})

it.each([
  ['../img/my fox (1).png', '![A fox](<../../img/my%20fox (1).png>)'],
  ['an import', "import fox from '../../img/my fox (1).png'"],
])('is shown by a page in another folder: %s', async (_, text) => {
  expect(await pageThatShows('img/my fox (1).png', 'docs/guide/b.mdx', text)).toBe('docs/guide/b.mdx')
})
