import { setSecret } from '@actions/core'
import { offlineCatalogue, onlineCatalogue } from '../config/catalogues.ts'
import { planAlone } from '../plan/plan-alone.ts'
import { planProject, type PlannedProject } from '../plan/plan-project.ts'
import { isOutOfDate } from '../plan/plan.ts'
import { reportOf } from '../report/json.ts'
import { plainPaint } from '../report/paint.ts'
import { planLines } from '../report/plan-lines.ts'
import type { ActionRun } from './action-run.ts'
import { connect } from './api/api.ts'
import { readInputs } from './inputs.ts'
import { type ActionLog, createLog } from './log.ts'
import { explain } from './report/explain.ts'
import { publish } from './report/publish.ts'
import { type Env, readRunContext } from './target/run-context.ts'
import { foreignReason, settleTarget } from './target/target.ts'

/**
 * Runs the Action, from inputs to outputs: target, plan, generate, changeset, deliver, report.
 *
 * @returns the exit code: 0, or 1 when the step must fail
 */
export async function runAction(env: Env): Promise<number> {
  const log = createLog()
  try {
    return await run(env, log)
  } catch (error) {
    await explain(error, log, env)
    return 1
  }
}

async function run(env: Env, log: ActionLog): Promise<number> {
  const inputs = readInputs()
  const { openrouterApiKey: apiKey, githubToken, baseUrl, config, mode } = inputs
  for (const secret of [apiKey, githubToken]) if (secret !== undefined) setSecret(secret)
  const context = await readRunContext(env)
  const api = connect(githubToken, context, { log: log.line })
  const target = await settleTarget(inputs, context, api)
  log.placeFilesIn(target.folder)

  const isAllowed = mode === 'generate' && target.planOnly === undefined
  const catalogue = mode === 'check' ? offlineCatalogue() : onlineCatalogue({ apiKey, baseUrl })
  const project = { workspace: target.root, config, catalogue }
  // Nothing else changes the workspace while images are generated: on a runner of their own, two jobs may share it.
  await using planned = await planAlone(project, inputs, {
    isIdle: ({ plan }) => !isAllowed || !isOutOfDate(plan, inputs),
    seesToLeftovers: isAllowed,
    onWait: (pid) => log.line(`Waiting for another easel command here (process ${pid}).`),
  })
  for (const warning of planned.project.warnings) log.diagnostic(warning)
  await log.group('Plan', async () => {
    const { configPath } = planned.project
    for (const line of await planLines(planned.plan, { configPath, paint: plainPaint })) log.line(line)
  })

  const planOnly = isAllowed ? await foreignReason(planned, target, context) : target.planOnly
  if (planOnly !== undefined) log.notice(planOnly)
  const planAgain = (): Promise<PlannedProject> => planProject(project, inputs)
  const settled = planOnly === undefined ? target : { ...target, planOnly }
  const ready: ActionRun = { ...planned, inputs, context, target: settled, api, log, planAgain }
  if (isAllowed && planOnly === undefined) {
    const { generateAndDeliver } = await import('./generate.ts')
    return await generateAndDeliver(ready)
  }
  await publish(reportOf(planned), ready)
  if (mode !== 'check' || !isOutOfDate(planned.plan, inputs)) return 0
  log.failure('Images are out of date: run easel generate, or this Action with mode: generate.')
  return 1
}
