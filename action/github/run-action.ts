import { setSecret } from '@actions/core'
import type { PlannedProject } from '../plan/plan-project.ts'
import { fetchBaseConfig } from './base-config.ts'
import { explain } from './explain.ts'
import { type ActionInputs, readInputs } from './inputs.ts'
import { type ActionLog, createLog } from './log.ts'
import { publish } from './publish.ts'
import { type Env, readRunnerContext, type RunnerContext } from './runner-context.ts'

/**
 * Runs the Action, from inputs to outputs.
 *
 * @returns the exit code: 0, or 1 when the step must fail
 */
export async function runAction(env: Env): Promise<number> {
  const log = createLog()
  try {
    const inputs = readInputs()
    for (const secret of [inputs.apiKey, inputs.githubToken]) if (secret !== undefined) setSecret(secret)
    return await planAndRun(inputs, await readRunnerContext(env), log)
  } catch (error) {
    await explain(error, log, env)
    return 1
  }
}

async function planAndRun(inputs: ActionInputs, runner: RunnerContext, log: ActionLog): Promise<number> {
  const notice = planOnlyNotice(inputs, runner)
  if (notice !== undefined) log.notice(notice)

  const planned = await plan(inputs, runner)
  if (!planned) {
    log.notice('The base branch has no config, so there is nothing to plan.')
    return 0
  }
  for (const warning of planned.project.warnings) log.diagnostic(warning)
  await logPlan(planned, log)
  if (inputs.mode === 'generate' && notice === undefined) {
    const { generateAndDeliver } = await import('./generate-and-deliver.ts')
    return generateAndDeliver(planned, { inputs, runner, log, planAgain: () => plan(inputs, runner) })
  }

  const { reportOf } = await import('../report/json.ts')
  const report = reportOf(planned)
  await publish(report, { runner, notice })
  if (inputs.comment) {
    const { commentOnPullRequest } = await import('./deliver/comment-on.ts')
    await commentOnPullRequest(report, { inputs, runner, log, notice })
  }
  if (inputs.mode !== 'check') return 0
  const { isOutOfDate } = await import('../plan/plan.ts')
  if (!isOutOfDate(planned.plan, inputs)) return 0
  log.failure('Images are out of date: run easel generate, or this Action with mode: generate.')
  return 1
}

/** Why a run only plans; `undefined` when nothing prevents it from generating, or nobody asked it to. */
function planOnlyNotice({ mode, apiKey }: ActionInputs, { untrusted }: RunnerContext): string | undefined {
  if (untrusted) return untrusted.reason
  if (mode !== 'generate' || apiKey !== undefined) return undefined
  return 'The input openrouter-api-key is empty, so Easel only plans. Add the secret OPENROUTER_API_KEY and pass it to the input.'
}

/** @returns `undefined` when the config comes from the base branch, and there is none */
async function plan(inputs: ActionInputs, runner: RunnerContext): Promise<PlannedProject | undefined> {
  const { workspace, untrusted } = runner
  const [{ planProject }, { onlineCatalogue, offlineCatalogue }] = await Promise.all([
    import('../plan/plan-project.ts'),
    import('../config/catalogues.ts'),
  ])
  const baseSha = untrusted?.baseSha
  const base =
    baseSha === undefined
      ? undefined
      : await fetchBaseConfig(runner, baseSha, { given: inputs.config, token: inputs.githubToken })
  if (baseSha !== undefined && !base) return undefined
  return planProject(
    {
      workspace,
      config: base?.config ?? inputs.config,
      text: base?.text,
      catalogue: inputs.mode === 'check' ? offlineCatalogue() : onlineCatalogue(inputs),
    },
    inputs,
  )
}

async function logPlan(planned: PlannedProject, log: ActionLog): Promise<void> {
  const [{ planLines }, { plainPaint }] = await Promise.all([
    import('../report/plan-lines.ts'),
    import('../report/paint.ts'),
  ])
  await log.group('Plan', async () => {
    const lines = await planLines(planned.plan, {
      configPath: planned.project.configPath,
      paint: plainPaint,
    })
    for (const line of lines) log.line(line)
  })
}
