import { setSecret } from '@actions/core'
import type { ExclusivePlan } from '../plan/plan-alone.ts'
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
  const { inputs, target, log } = tools
  if (target.planOnly !== undefined) log.notice(target.planOnly)
  const isGenerating = inputs.mode === 'generate' && target.planOnly === undefined
  await using planned = await planFirst(tools, isGenerating)
  for (const warning of planned.project.warnings) log.diagnostic(warning)
  await logPlan(planned, log)
  if (isGenerating) {
    const { generateAndDeliver } = await import('./generate.ts')
    return await generateAndDeliver(planned, tools)
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

/** Nothing else changes the workspace while images are generated: on a runner of their own, two jobs may share it. */
async function planFirst({ inputs, target, log }: ActionRun, isGenerating: boolean): Promise<ExclusivePlan> {
  const [{ planAlone }, { isOutOfDate }, project] = await Promise.all([
    import('../plan/plan-alone.ts'),
    import('../plan/plan.ts'),
    projectOf(target, inputs),
  ])
  return planAlone(project, inputs, {
    isIdle: ({ plan }) => !isGenerating || !isOutOfDate(plan, inputs),
    onWait: (pid) => log.line(`Waiting for another easel command here (process ${pid}).`),
  })
}

async function planIn(target: Target, inputs: ActionInputs): Promise<PlannedProject> {
  const { planProject } = await import('../plan/plan-project.ts')
  return planProject(await projectOf(target, inputs), inputs)
}

async function projectOf({ root }: Target, { config, mode, ...inputs }: ActionInputs) {
  const { onlineCatalogue, offlineCatalogue } = await import('../config/catalogues.ts')
  const catalogue = mode === 'check' ? offlineCatalogue() : onlineCatalogue(inputs)
  return { workspace: root, config, catalogue }
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
