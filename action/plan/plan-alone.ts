import { UsageError } from '../config/diagnostic.ts'
import { isErrno } from '../files/safe-path.ts'
import { hasStateFolder, stateFolderIn } from '../files/state-folder.ts'
import { type Alone, workAlone } from '../files/work-alone.ts'
import { isOutOfDate } from './plan.ts'
import { planProject, type PlannedProject, type PlanOptions } from './plan-project.ts'

/** A plan, and whether anybody else may change the workspace under it. */
export interface ExclusivePlan extends PlannedProject, Pick<Alone, 'isAlone'> {}

/**
 * Plans a run, alone if there is something to do: it waits for another command, which may have done it meanwhile.
 *
 * @param isIdle  whether there is nothing to do; then the plan isn't alone
 * @param onWait  called with the number of the other command's process
 * @returns a plan that is alone until it is disposed of
 * @throws what `planProject` throws; a system error when the state folder can't be written
 */
export async function planAlone(
  project: Parameters<typeof planProject>[0],
  options: PlanOptions,
  {
    isIdle,
    onWait,
  }: { readonly isIdle: (planned: PlannedProject) => boolean; readonly onWait: (pid: number) => void },
): Promise<ExclusivePlan & AsyncDisposable> {
  const planned = await planProject(project, options)
  if (isIdle(planned))
    return { ...planned, isAlone: () => false, [Symbol.asyncDispose]: () => Promise.resolve() }
  const { root } = planned.project
  const alone = await workAlone(root, { onWait }).catch((error: unknown) => {
    if (!isErrno(error, 'EEXIST')) throw error
    const folder = stateFolderIn(root)
    throw new UsageError(
      `${folder} is not a folder: move it away, Easel keeps there what is not in its place yet.`,
    )
  })
  try {
    return { ...(await planProject(project, options)), ...alone }
  } catch (error) {
    await alone[Symbol.asyncDispose]()
    throw error
  }
}

/** Whether generating would change nothing, and no earlier run has left anything to see to. */
export function isSettled({ plan, project }: PlannedProject, options: { readonly prune: boolean }): boolean {
  return !isOutOfDate(plan, options) && !hasStateFolder(project.root)
}
