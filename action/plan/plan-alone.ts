import { workAlone } from '../files/work-alone.ts'
import { planProject, type PlannedProject, type PlanOptions } from './plan-project.ts'

/** A plan that nobody else changes the workspace under, until it is disposed of. */
export type ExclusivePlan = PlannedProject & AsyncDisposable

/**
 * Plans a run, alone if there is something to do: it waits for another command, which may have done it meanwhile.
 *
 * @param isIdle  whether there is nothing to do
 * @param onWait  called with the number of the other command's process
 * @throws what `planProject` throws; a system error when the state folder can't be written
 */
export async function planAlone(
  project: Parameters<typeof planProject>[0],
  options: PlanOptions,
  {
    isIdle,
    onWait,
  }: { readonly isIdle: (planned: PlannedProject) => boolean; readonly onWait: (pid: number) => void },
): Promise<ExclusivePlan> {
  const planned = await planProject(project, options)
  if (isIdle(planned)) return { ...planned, [Symbol.asyncDispose]: () => Promise.resolve() }
  const alone = await workAlone(planned.project.root, { onWait })
  try {
    return {
      ...(await planProject(project, options)),
      [Symbol.asyncDispose]: () => alone[Symbol.asyncDispose](),
    }
  } catch (error) {
    await alone[Symbol.asyncDispose]()
    throw error
  }
}
