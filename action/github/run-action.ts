import { setSecret } from '@actions/core'
import type { PlannedProject } from '../plan/plan-project.ts'
import type { ActionRun } from './action-run.ts'
import { connection } from './api/connect.ts'
import { type ActionInputs, readInputs } from './inputs.ts'
import { type ActionLog, createLog } from './log.ts'
import { type Env, readRunContext } from './target/run-context.ts'
import { settleTarget, type Target } from './target/target.ts'

/**
 * Runs the Action, from inputs to outputs: target, plan, generate, changeset, deliver, report.
 *
 * @returns the exit code: 0, or 1 when the step must fail
 */
export async function runAction(env: Env): Promise<number> {
  const log = createLog()
  try {
    const inputs = readInputs()
    for (const secret of [inputs.apiKey, inputs.githubToken]) if (secret !== undefined) setSecret(secret)
    const run = await readRunContext(env)
    const api = connection(inputs.githubToken, run, log.line)
    const target = await settleTarget(inputs, run, api)
    log.placeFilesIn(target.folder)
    const planAgain = () => planIn(target, inputs)
    return await planAndRun({ inputs, run, target, api, log, planAgain })
  } catch (error) {
    const { explain } = await import('./report/explain.ts')
    await explain(error, log, env)
    return 1
  }
}

async function planAndRun(tools: ActionRun): Promise<number> {
  const { inputs, target, log, planAgain } = tools
  if (target.planOnly !== undefined) log.notice(target.planOnly)
  const planned = await planAgain()
  for (const warning of planned.project.warnings) log.diagnostic(warning)
  await logPlan(planned, log)
  if (inputs.mode === 'generate' && target.planOnly === undefined) {
    const { generateAndDeliver } = await import('./generate.ts')
    return generateAndDeliver(planned, tools)
  }

  const [{ reportOf }, { publish }] = await Promise.all([
    import('../report/json.ts'),
    import('./report/publish.ts'),
  ])
  await publish(reportOf(planned), tools)
  if (inputs.mode !== 'check') return 0
  const { isOutOfDate } = await import('../plan/plan.ts')
  if (!isOutOfDate(planned.plan, inputs)) return 0
  log.failure('Images are out of date: run easel generate, or this Action with mode: generate.')
  return 1
}

async function planIn({ root }: Target, inputs: ActionInputs): Promise<PlannedProject> {
  const [{ planProject }, { onlineCatalogue, offlineCatalogue }] = await Promise.all([
    import('../plan/plan-project.ts'),
    import('../config/catalogues.ts'),
  ])
  const catalogue = inputs.mode === 'check' ? offlineCatalogue() : onlineCatalogue(inputs)
  return planProject({ workspace: root, config: inputs.config, catalogue }, inputs)
}

async function logPlan({ project, plan }: PlannedProject, log: ActionLog): Promise<void> {
  const [{ planLines }, { plainPaint }] = await Promise.all([
    import('../report/plan-lines.ts'),
    import('../report/paint.ts'),
  ])
  await log.group('Plan', async () => {
    const lines = await planLines(plan, { configPath: project.configPath, paint: plainPaint })
    for (const line of lines) log.line(line)
  })
}
