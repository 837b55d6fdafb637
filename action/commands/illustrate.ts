import { Command } from 'commander'
import type { Proposal } from '../markdown/illustrate.ts'
import { type ProjectOptions, withProjectOptions } from './options.ts'
import { print, printJson, type Terminal } from './terminal.ts'

interface IllustrateOptions extends ProjectOptions {
  readonly write?: boolean
  readonly writeDimensions?: boolean
  readonly json?: boolean
}

/** What was found out about one page. */
interface PageReport {
  readonly file: string
  readonly proposals: readonly Proposal[]
  /** HTML images that width and height were found for. */
  readonly dimensions: number
  readonly written: boolean
}

/** `easel illustrate`: comments for the images of a draft. */
export function illustrateCommand(terminal: Terminal): Command {
  const command = new Command('illustrate')
    .summary('propose descriptions for the images of a Markdown file')
    .description(
      'Looks for images in Markdown or MDX files that have no file and no easel comment, and proposes one for each, with a prompt from its alt text and the heading above. With --write it inserts them, and changes nothing else, byte for byte.',
    )
    .argument('<file...>', '.md or .mdx files')
  withProjectOptions(command)
    .option('-w, --write', 'insert the comments')
    .option('--write-dimensions', 'set width and height on HTML images that have neither, from the lock')
    .option('--json', 'print what is proposed as JSON')
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
  const reports: PageReport[] = []
  for (const { file, content, save } of pages.all) {
    const proposed = writeDimensions && !write ? undefined : await illustrate({ file, content }, pages)
    const illustrated = write && proposed ? proposed.content : content
    const sized = writeDimensions
      ? withDimensions({ file, content: illustrated }, pages.siteRoot, pages.dimensionsOf)
      : { content: illustrated, count: 0 }
    const written = sized.content !== content
    if (written) await save(sized.content)
    reports.push({ file, proposals: proposed?.proposals ?? [], dimensions: sized.count, written })
  }
  if (json) printJson(terminal, { pages: reports })
  else
    print(
      terminal,
      reports.flatMap((report) => linesOf(report, { write })),
    )
}

function linesOf(
  { file, proposals, dimensions, written }: PageReport,
  { write }: { readonly write: boolean },
): string[] {
  const lines = proposals.flatMap(({ line, column, path, comment, fits }) => [
    `${file}:${line}:${column}: ${path}${fits ? '' : ' (put it there by hand: inserting it would change how the page reads)'}`,
    `  + ${comment}`,
  ])
  const inserted = proposals.filter(({ fits }) => fits).length
  if (dimensions > 0) lines.push(`${file}: width and height set on ${dimensions} of its HTML images.`)
  if (inserted > 0)
    lines.push(write ? `${file}: ${inserted} inserted.` : `${file}: --write inserts ${inserted}.`)
  if (proposals.length === 0 && !written) lines.push(`${file}: nothing to propose.`)
  return lines
}
