import { setSecret } from '@actions/core'
import type { PlannedProject } from '../plan/plan-project.ts'
import { fetchBaseConfig } from './base-config.ts'
import { explain } from './explain.ts'
import { type ActionInputs, readInputs } from './inputs.ts'
import { type ActionLog, createLog } from './log.ts'
import { publish } from './publish.ts'
import { readSituation, type Situation } from './runner-context.ts'

type Env = Readonly<Record<string, string | undefined>>

/**
 * The Action from inputs to outputs.
 *
 * @returns the exit code: 0, or 1 when the step is to be red
 */
export async function runAction(env: Env): Promise<number> {
  const log = createLog()
  try {
    const inputs = readInputs()
    for (const secret of [inputs.apiKey, inputs.githubToken]) if (secret !== undefined) setSecret(secret)
    const situation = await readSituation(env)
    return await act(inputs, situation, log, env)
  } catch (error) {
    await explain(error, log, env)
    return 1
  }
}

async function act(inputs: ActionInputs, situation: Situation, log: ActionLog, env: Env): Promise<number> {
  const notice = whyOnlyPlan(inputs, situation)
  if (notice !== undefined) log.notice(notice)

  const planned = await plan(inputs, situation)
  if (!planned) {
    log.notice('The base has no config, so there is nothing to plan.')
    return 0
  }
  for (const warning of planned.project.warnings) log.diagnostic(warning)
  await showPlan(planned, log)
  if (inputs.mode === 'generate' && notice === undefined) {
    const { generate } = await import('./generate-and-deliver.ts')
    return generate(planned, { inputs, situation, log, env, planAgain: () => plan(inputs, situation) })
  }

  const { reportOf } = await import('../report/json.ts')
  const report = reportOf(planned)
  await publish(report, { situation, notice })
  if (inputs.comment) {
    const { commentOn } = await import('./deliver/comment-on.ts')
    await commentOn(report, { inputs, situation, env, log, notice })
  }
  if (inputs.mode !== 'check') return 0
  const { isOutOfDate } = await import('../plan/plan.ts')
  if (!isOutOfDate(planned.plan, inputs)) return 0
  log.failure('Something is out of date: run easel generate, or this Action with mode generate.')
  return 1
}

/** `undefined`: nothing stands against generating, or nobody asked to. */
function whyOnlyPlan({ mode, apiKey }: ActionInputs, { stranger }: Situation): string | undefined {
  if (stranger) return stranger.why
  if (mode !== 'generate' || apiKey !== undefined) return undefined
  return 'There is no openrouter-api-key, so Easel only plans. Set the secret OPENROUTER_API_KEY and pass it on.'
}

/** @returns `undefined` when the config of the base is the one that counts, and there is none */
async function plan(inputs: ActionInputs, situation: Situation): Promise<PlannedProject | undefined> {
  const { workspace, stranger } = situation
  const [{ planProject }, { onlineCatalogue, offlineCatalogue }] = await Promise.all([
    import('../plan/plan-project.ts'),
    import('../generate/generate-and-prune.ts'),
  ])
  const base = stranger?.baseSha
  const ofBase =
    base === undefined
      ? undefined
      : await fetchBaseConfig(situation, base, { given: inputs.config, token: inputs.githubToken })
  if (base !== undefined && !ofBase) return undefined
  return planProject(
    {
      workspace,
      config: ofBase?.config ?? inputs.config,
      text: ofBase?.text,
      catalogue: inputs.mode === 'check' ? offlineCatalogue() : onlineCatalogue(inputs),
    },
    inputs,
  )
}

async function showPlan(
  { project, plan: { images, orphans } }: PlannedProject,
  log: ActionLog,
): Promise<void> {
  const [{ planLines }, { plainPaint }] = await Promise.all([
    import('../report/plan-lines.ts'),
    import('../report/paint.ts'),
  ])
  await log.group('Plan', async () => {
    const lines = await planLines({ images, orphans }, { configPath: project.configPath, paint: plainPaint })
    for (const line of lines) log.line(line)
  })
}
