import { Command } from 'commander'
import type { Proposal } from '../markdown/illustrate.ts'
import { count } from '../report/format.ts'
import { type ProjectOptions, withProjectOptions } from './options.ts'
import { print, printJson, type Terminal } from './terminal.ts'

interface IllustrateOptions extends ProjectOptions {
  readonly write?: boolean
  readonly writeDimensions?: boolean
  readonly json?: boolean
}

/** What Easel proposes for one page, and what it wrote. */
interface PageResult {
  readonly file: string
  readonly proposals: readonly Proposal[]
  /** HTML images that got width and height. */
  readonly dimensions: number
  readonly written: boolean
}

/** `easel illustrate`: proposes comments for images of a draft. */
export function illustrateCommand(terminal: Terminal): Command {
  const command = new Command('illustrate')
    .summary('propose easel comments for the images of a Markdown file')
    .description(
      'Finds images in Markdown or MDX files that have neither a file nor an easel comment, and proposes a comment for each, with a prompt from the alt text and the heading above. With --write it inserts the comments and changes no other byte.',
    )
    .argument('<file...>', '.md or .mdx files')
  withProjectOptions(command)
    .option('-w, --write', 'insert the comments')
    .option('--write-dimensions', 'set width and height, from the lock, on HTML images that have neither')
    .option('--json', 'print the proposals as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ easel illustrate docs/draft.md
  $ easel illustrate docs/draft.md --write && easel plan
  $ easel illustrate docs/*.md --write-dimensions`,
    )
  return command.action((files: string[], options: IllustrateOptions) => act(terminal, files, options))
}

async function act(
  terminal: Terminal,
  files: readonly string[],
  { cwd, config, write = false, writeDimensions = false, json = false }: IllustrateOptions,
): Promise<void> {
  const [{ openPages }, { illustrate }, { withDimensions }] = await Promise.all([
    import('./open-pages.ts'),
    import('../markdown/illustrate.ts'),
    import('../markdown/dimensions.ts'),
  ])
  const pages = await openPages(cwd ?? terminal.cwd, { config, files })
  const results: PageResult[] = []
  for (const { file, content, save } of pages.all) {
    const proposed = writeDimensions && !write ? undefined : await illustrate({ file, content }, pages)
    const illustrated = write && proposed ? proposed.content : content
    const sized = writeDimensions
      ? withDimensions({ file, content: illustrated }, pages.siteRoot, pages.dimensionsOf)
      : { content: illustrated, count: 0 }
    const written = sized.content !== content
    if (written) await save(sized.content)
    results.push({ file, proposals: proposed?.proposals ?? [], dimensions: sized.count, written })
  }
  if (json) printJson(terminal, { pages: results })
  else
    print(
      terminal,
      results.flatMap((result) => linesOf(result, { write })),
    )
}

function linesOf(
  { file, proposals, dimensions, written }: PageResult,
  { write }: { readonly write: boolean },
): string[] {
  const lines = proposals.flatMap(({ line, column, path, comment, fits }) => [
    `${file}:${line}:${column}: ${path}${fits ? '' : ' (add this one by hand: inserting it would change how the page renders)'}`,
    `  + ${comment}`,
  ])
  const inserted = proposals.filter(({ fits }) => fits).length
  if (dimensions > 0) lines.push(`${file}: width and height set on ${count(dimensions, 'HTML image')}.`)
  if (inserted > 0)
    lines.push(`${file}: ${write ? 'inserted' : '--write inserts'} ${count(inserted, 'comment')}.`)
  if (proposals.length === 0 && !written) lines.push(`${file}: nothing to propose.`)
  return lines
}
