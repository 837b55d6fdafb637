import { Command, Option } from 'commander'
import type { OnAliasChange } from '../plan/alias-change.ts'
import type { OnDrift } from '../plan/plan.ts'
import { interruptions } from '../generate/interruptions.ts'
import {
  onAliasChangeOption,
  onDriftOption,
  type ProjectOptions,
  type UpstreamOptions,
  upstreamFrom,
  usdAmount,
  wholeNumber,
  withProjectOptions,
  withUpstreamOptions,
} from './options.ts'
import {
  EXIT,
  print,
  printJson,
  printToStderr,
  printDiagnostics,
  sayWhoWorks,
  type Terminal,
} from './terminal.ts'

interface GenerateOptions extends ProjectOptions, UpstreamOptions {
  readonly onDrift: OnDrift
  readonly onAliasChange: OnAliasChange
  readonly onError: 'fail' | 'keep-going'
  readonly concurrency: number
  readonly maxImages?: number
  readonly maxCostUsd?: number
  readonly force?: boolean
  readonly prune?: boolean
  readonly json?: boolean
}

const DEFAULT_CONCURRENCY = 4
const MAX_CONCURRENCY = 64

/** `easel generate`: generates what is new, changed or missing. */
export function generateCommand(terminal: Terminal): Command {
  const command = new Command('generate')
    .summary('generate images that are new, changed or missing')
    .description(
      'Generates every image that is new, changed or missing. Each image is written to its path and recorded in easel.lock.json as soon as it arrives. Images that are up to date cost nothing. Needs OPENROUTER_API_KEY in the environment.',
    )
    .argument('[only...]', 'ids, paths or globs of images (default: all)')
  withUpstreamOptions(withProjectOptions(command))
    .option('--max-cost-usd <usd>', 'skip images that could push the run over this amount', usdAmount)
    .option('--max-images <n>', 'generate at most this many images', wholeNumber(0, 1_000_000))
    .option(
      '-j, --concurrency <n>',
      'images generated at the same time',
      wholeNumber(1, MAX_CONCURRENCY),
      DEFAULT_CONCURRENCY,
    )
    .addOption(
      new Option('--on-error <what>', 'after a failure, end the run or continue with the other images')
        .choices(['fail', 'keep-going'])
        .default('fail'),
    )
    .addOption(onDriftOption())
    .addOption(onAliasChangeOption())
    .option('-f, --force', 'regenerate all selected images, even those edited by hand; this costs money')
    .option('--prune', 'remove orphans from the lock, and the files that Easel wrote for them')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
Press Ctrl-C to finish the images in flight, which are already paid for, and to
start no others. Press it again to cancel them. Files are never half-written.

Examples:
  $ easel generate
  $ easel generate hero 'docs/guide/**' --max-cost-usd 0.50
  $ easel generate --on-error keep-going --concurrency 8
  $ easel generate hero --force`,
    )
  return command.action((only: string[], options: GenerateOptions) => act(terminal, only, options))
}

async function act(terminal: Terminal, only: readonly string[], options: GenerateOptions): Promise<void> {
  const { cwd, config, onDrift, onAliasChange, json = false, force = false, prune = false } = options
  const upstream = upstreamFrom(options, terminal)
  const [{ planAlone }, { isOutOfDate }, { onlineCatalogue }, { generateAndPrune }, { UsageError }] =
    await Promise.all([
      import('../plan/plan-alone.ts'),
      import('../plan/plan.ts'),
      import('../config/catalogues.ts'),
      import('../generate/generate-and-prune.ts'),
      import('../config/diagnostic.ts'),
    ])
  await using planned = await planAlone(
    { workspace: cwd ?? terminal.cwd, config, catalogue: onlineCatalogue(upstream) },
    { only, onDrift, onAliasChange, force },
    {
      isIdle: ({ plan }) => !isOutOfDate(plan, { prune }),
      onWait: sayWhoWorks(terminal),
      seesToLeftovers: true,
    },
  )
  printDiagnostics(terminal, planned.project.warnings)

  const needsKey = planned.plan.images.some(({ action }) => action === 'generate')
  const { apiKey } = upstream
  if (needsKey && apiKey === undefined) {
    throw new UsageError(
      'OPENROUTER_API_KEY is not set. Create a key at openrouter.ai/keys and export it. easel plan needs no key.',
    )
  }
  const [{ createProgress }, { paintFor }, { reportOf }, { resultLines }, { summaryLines }, { hasFailed }] =
    await Promise.all([
      import('../report/progress.ts'),
      import('../report/paint.ts'),
      import('../report/json.ts'),
      import('../report/result-lines.ts'),
      import('../report/plan-lines.ts'),
      import('../generate/results.ts'),
    ])
  const { onProgress, printed } = await createProgress(terminal.stderr, json ? undefined : terminal.stdout)
  using interruption = interruptions((message) => onProgress({ type: 'note', message }))
  const result = await generateAndPrune(
    planned,
    { ...options, prune },
    { ...upstream, apiKey: apiKey ?? '' },
    {
      onProgress,
      stop: AbortSignal.any([interruption.stop, terminal.outputClosed]),
      abort: interruption.abort,
    },
  )

  const idle = result.pruned.length === 0 && result.images.every(({ outcome }) => outcome === 'unchanged')
  if (json) printJson(terminal, reportOf(planned, result))
  else if (idle) print(terminal, summaryLines(planned.plan, { isDone: result.stoppedBy === undefined }))
  else print(terminal, await resultLines(result, { paint: paintFor(terminal.stdout), printed }))
  if (!json && result.stoppedBy !== undefined) printToStderr(terminal, [`Stopped early: ${result.stoppedBy}`])
  if (interruption.exitCode !== undefined) terminal.setExitCode(interruption.exitCode)
  else if (hasFailed(result)) terminal.setExitCode(EXIT.failed)
}
