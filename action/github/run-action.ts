import { setSecret } from '@actions/core'
import { offlineCatalogue, onlineCatalogue } from '../config/catalogues.ts'
import { type ExclusivePlan, planAlone } from '../plan/plan-alone.ts'
import { planProject, type PlannedProject } from '../plan/plan-project.ts'
import { isOutOfDate } from '../plan/plan.ts'
import { reportOf } from '../report/json.ts'
import { plainPaint } from '../report/paint.ts'
import { planLines } from '../report/plan-lines.ts'
import type { ActionRun } from './action-run.ts'
import { connection } from './api/connect.ts'
import { type ActionInputs, readInputs } from './inputs.ts'
import { type ActionLog, createLog } from './log.ts'
import { explain } from './report/explain.ts'
import { publish } from './report/publish.ts'
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
    for (const secret of [inputs.openrouterApiKey, inputs.githubToken])
      if (secret !== undefined) setSecret(secret)
    const run = await readRunContext(env)
    const api = connection(inputs.githubToken, run, log.line)
    const target = await settleTarget(inputs, run, api)
    log.placeFilesIn(target.folder)
    const planAgain = () => planProject(projectOf(target, inputs), inputs)
    return await planAndRun({ inputs, run, target, api, log, planAgain })
  } catch (error) {
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

  await publish(reportOf(planned), tools)
  if (inputs.mode !== 'check') return 0
  if (!isOutOfDate(planned.plan, inputs)) return 0
  log.failure('Images are out of date: run easel generate, or this Action with mode: generate.')
  return 1
}

/** Nothing else changes the workspace while images are generated: on a runner of their own, two jobs may share it. */
async function planFirst({ inputs, target, log }: ActionRun, isGenerating: boolean): Promise<ExclusivePlan> {
  return planAlone(projectOf(target, inputs), inputs, {
    isIdle: ({ plan }) => !isGenerating || !isOutOfDate(plan, inputs),
    onWait: (pid) => log.line(`Waiting for another easel command here (process ${pid}).`),
  })
}

function projectOf({ root }: Target, { config, mode, baseUrl, openrouterApiKey: apiKey }: ActionInputs) {
  const catalogue = mode === 'check' ? offlineCatalogue() : onlineCatalogue({ apiKey, baseUrl })
  return { workspace: root, config, catalogue }
}

async function logPlan({ project, plan }: PlannedProject, log: ActionLog): Promise<void> {
  await log.group('Plan', async () => {
    const lines = await planLines(plan, { configPath: project.configPath, paint: plainPaint })
    for (const line of lines) log.line(line)
  })
}
