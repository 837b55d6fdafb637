import { withWorkerUrls, type WorkerUrlOptions } from '../../action/markdown/worker-urls.ts'

/** As much of markdown-it as the plugin touches. */
export interface MarkdownIt {
  readonly core: {
    readonly ruler: {
      before(rule: string, name: string, apply: (state: State) => void): void
    }
  }
}

interface State {
  src: string
  /** VitePress says which page it is. */
  readonly env?: { readonly relativePath?: string } | undefined
}

/**
 * A markdown-it plugin for VitePress: images that an `easel` comment describes get their Worker's URL.
 *
 * A mistake in a comment fails the page, with its line and column.
 */
export default function easelMarkdownIt(md: MarkdownIt, options: WorkerUrlOptions): void {
  md.core.ruler.before('normalize', 'easel', (state) => {
    state.src = withWorkerUrls(state.src, state.env?.relativePath ?? 'page.md', options)
  })
}
