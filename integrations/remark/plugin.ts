import { withWorkerUrls, type WorkerUrlOptions } from '../../action/markdown/worker-urls.ts'

/** As much of a unified processor and its files as the plugin touches. */
interface Processor {
  parser?: Parser | undefined
}
type Parser = (document: string, file: MarkdownFile) => unknown
interface MarkdownFile {
  readonly path?: string | undefined
}

/**
 * A remark plugin for Docusaurus, Starlight and everything else on unified: images that an `easel` comment describes
 * get their Worker's URL, before anything looks for a file.
 *
 * A mistake in a comment fails the page, with its line and column in the text that remark was given.
 */
function remarkEasel(this: unknown, options: WorkerUrlOptions): void {
  const processor = this as Processor
  const { parser } = processor
  if (!parser) throw new TypeError('remarkEasel needs a Markdown parser before it, such as remark-parse.')
  processor.parser = (document, file) => {
    return parser(withWorkerUrls(document, file.path ?? 'page.md', options), file)
  }
}

export default remarkEasel
