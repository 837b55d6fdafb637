import { endGroup, error, info, notice, startGroup, warning } from '@actions/core'
import type { Diagnostic } from '../config/diagnostic.ts'
import { oneLine, shorten } from '../report/one-line.ts'

/** GitHub shows ten annotations of each severity for a step, and drops the rest. */
const ANNOTATIONS_MAX = 10

/** GitHub's limit for one annotation. */
const ANNOTATION_MAX_CHARACTERS = 4096

/** The log of a run, and its annotations. No text in it can become a command to the runner. */
export type ActionLog = ReturnType<typeof createLog>

export function createLog() {
  const used = { error: 0, warning: 0 }
  let folder = ''
  let unopened: string | undefined

  function line(text: string): void {
    if (unopened !== undefined) startGroup(unopened)
    unopened = undefined
    for (const one of text.split('\n')) info(harmless(one))
  }

  return {
    line,
    notice: (text: string): void => notice(annotation(text), { title: 'Easel' }),
    /** Why the step fails. */
    failure: (text: string): void => error(annotation(text), { title: 'Easel' }),
    /** Its title is printed with its first line. */
    async group<T>(title: string, run: () => Promise<T>): Promise<T> {
      unopened = harmless(title)
      try {
        return await run()
      } finally {
        if (unopened === undefined) endGroup()
        unopened = undefined
      }
    },
    /** Where the project is in the repository, for annotations: empty, or such as `site/`. */
    placeFilesIn: (found: string): void => void (folder = found),
    /** At its position in the file. The first ten of each severity are annotations, the rest are lines. */
    diagnostic({ file: name, line: startLine, column: startColumn, severity, message }: Diagnostic): void {
      const file = folder + name
      if (used[severity]++ >= ANNOTATIONS_MAX) {
        line(`${oneLine(file)}:${startLine}:${startColumn}: ${severity}: ${oneLine(message)}`)
        return
      }
      const annotate = severity === 'error' ? error : warning
      annotate(annotation(message), { title: 'Easel', file, startLine, startColumn })
    },
  }
}

/** Text for an annotation: on one line, within the limit. The toolkit escapes it. */
function annotation(text: string): string {
  return shorten(harmless(oneLine(text)), ANNOTATION_MAX_CHARACTERS)
}

/**
 * The runner executes lines that start with `::` or contain `##[` as commands. A zero-width space makes them text again,
 * and is invisible.
 */
function harmless(text: string): string {
  return text.replaceAll('::', ':\u200b:').replaceAll('##[', '#\u200b#[')
}
