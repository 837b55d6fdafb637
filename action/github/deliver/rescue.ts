import { readdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { receiveImage } from '../../adopt/receive-image.ts'
import { inWorkspace } from '../../files/safe-path.ts'
import type { ActionRun } from '../action-run.ts'
import { messageOf } from '../api/failure.ts'
import { type FileChange, readImage } from '../changeset/changeset.ts'
import { type Artifact, uploadArtifact } from './artifact.ts'

/** The artifact with images that could not be delivered. */
export const RESCUED = 'easel-rescued'

interface Rescued {
  /** Where they are; absent when there are none. */
  readonly note?: string
  readonly artifact?: Artifact
}

/**
 * Moves what could not be delivered to the workspace's rescue folder, and uploads that: whichever of the two the next
 * run finds, it adopts. Never throws.
 *
 * @param superseded  kept as well, and left in their place
 */
export async function rescue(
  run: ActionRun,
  failed: readonly FileChange[],
  superseded: readonly FileChange[],
): Promise<Rescued> {
  try {
    await keep(run, failed, superseded)
  } catch (error) {
    return { note: `The images are in the workspace: ${messageOf(error)}` }
  }
  let rescued: Rescued = {}
  for (const { folder: root, list } of run.project.rescue) {
    try {
      const kept = await list()
      if (kept.length === 0) continue
      if (!run.context.hasArtifactService)
        return { note: `There is no artifact service. The images are in ${root}.` }
      const entries = await readdir(root, { recursive: true, withFileTypes: true })
      // Others may be on their way into it.
      const whole = new Set([join(root, 'easel.lock.json'), ...kept.map(({ file }) => file)])
      const files = entries.map((one) => join(one.parentPath, one.name)).filter((file) => whole.has(file))
      const artifact = await uploadArtifact(run, { name: RESCUED, folder: root, files: () => files })
      const note = `The images were uploaded as the artifact ${artifact.name}: ${artifact.url}`
      if (!rescued.artifact) rescued = { artifact, note }
    } catch (error) {
      const why = messageOf(error)
      return { note: `The images are in ${root}, and could not be uploaded as an artifact: ${why}` }
    }
  }
  return rescued
}

async function keep(
  { project: { root, lock, rescue: folders } }: ActionRun,
  failed: readonly FileChange[],
  superseded: readonly FileChange[],
): Promise<void> {
  for (const { path, after } of [...failed, ...superseded]) {
    if (!after) continue
    await using incoming = receiveImage(folders)
    await incoming.write(await readImage(root, path))
    await incoming.keep(path, after)
  }
  for (const { path, before, after } of failed) {
    if (!after) continue
    // In its place and in the lock it would look as if it were delivered.
    await unlink(inWorkspace(root, path))
    await lock.set(path, before)
  }
}
