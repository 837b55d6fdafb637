import { UsageError } from '../../config/diagnostic.ts'
import { createImageSaver } from '../../generate/save-image.ts'
import { adopt } from './adopt.ts'
import { headOf } from './read-commit.ts'
import type { Change } from './file-change.ts'
import { apiFor, baseOf, branchOf, type Cargo, pullBranchOf } from './delivery-run.ts'
import { DeliveryError } from './delivery-error.ts'
import { explainFailure } from './explain-failure.ts'
import { readPlace } from './place.ts'

/** Looks whether the branches that a run delivers to have its images already, and takes them over. */
export async function takeOverFromBranches(
  { plan, project: { root, lock } }: Cargo['planned'],
  {
    inputs,
    situation,
    env,
    rescueFolder,
    tell,
  }: Pick<Cargo, 'inputs' | 'situation' | 'tell'> & {
    readonly env: Readonly<Record<string, string | undefined>>
    readonly rescueFolder: string
  },
): Promise<readonly Change[]> {
  const place = await readPlace(env)
  const where = { inputs, place }
  try {
    const api = apiFor({ inputs, situation, tell })
    const isCommit = inputs.deliver.includes('commit')
    const goal = isCommit ? branchOf(where) : baseOf(where)
    if ((await headOf(api, goal)) === undefined) throw new DeliveryError(`There is no branch ${goal}.`)
    const adopted = await adopt(api, {
      branches: isCommit ? [goal] : [pullBranchOf(where), goal],
      checkedOut: place.checkedOut,
      planned: plan.images,
      lock,
      saver: createImageSaver(root, rescueFolder),
    })
    for (const { path } of adopted) tell(`${path} was made by an earlier run already: taken over.`)
    return adopted
  } catch (error) {
    // Money would be spent next, on images that could not be delivered, or that are there already.
    throw new UsageError(explainFailure(error, 'the branch'), { cause: error })
  }
}
