import { UsageError } from '../config/diagnostic.ts'
import { isErrno } from '../files/safe-path.ts'
import { hasStateFolder, stateFolderIn } from '../files/state-folder.ts'
import { type Alone, workAlone, workAloneNow } from '../files/work-alone.ts'
import { planProject, type PlannedProject, type PlanOptions } from './plan-project.ts'

/** A plan, and whether anybody else may change the workspace under it. */
export interface ExclusivePlan extends PlannedProject, Pick<Alone, 'isAlone'> {
  /** There is nothing to do, so nobody else is kept out. */
  readonly isIdle: boolean
}

/**
 * Plans a run, alone if there is something to do: it waits for another command, which may have done it meanwhile.
 *
 * @param isIdle  whether there is nothing to do
 * @param onWait  called with the number of the other command's process
 * @param seesToLeftovers  whether what earlier runs left is something to do, if nobody else is at work
 * @returns a plan that is alone until it is disposed of
 * @throws what `planProject` throws; an error when the state folder can't be written
 */
export async function planAlone(
  project: Parameters<typeof planProject>[0],
  options: PlanOptions,
  {
    isIdle,
    onWait,
    seesToLeftovers = false,
  }: {
    readonly isIdle: (planned: PlannedProject) => boolean
    readonly onWait: (pid: number) => void
    readonly seesToLeftovers?: boolean
  },
): Promise<ExclusivePlan & AsyncDisposable> {
  const planned = await planProject(project, options)
  const { root } = planned.project
  const hasNothing = isIdle(planned)
  const alone = hasNothing
    ? seesToLeftovers && hasStateFolder(root) && (await workAloneNow(root).catch(() => undefined))
    : await workAlone(root, { onWait }).catch(refuseObstacle)
  if (!alone) return { ...planned, isIdle: true, isAlone: () => false, [Symbol.asyncDispose]: async () => {} }
  try {
    return { ...(await planProject(project, options)), isIdle: false, ...alone }
  } catch (error) {
    await alone[Symbol.asyncDispose]()
    throw error
  }

  function refuseObstacle(error: unknown): never {
    if (!isErrno(error, 'EEXIST')) throw error
    const folder = stateFolderIn(root)
    throw new UsageError(
      `${folder} is not a folder: move it away, Easel keeps there what is not in its place yet.`,
    )
  }
}
