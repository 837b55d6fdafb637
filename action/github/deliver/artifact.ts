import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { inWorkspace } from '../../files/safe-path.ts'
import type { ActionRun } from '../action-run.ts'
import { DeliveryError, messageOf } from '../api/failure.ts'
import type { FileChange } from '../changeset/changeset.ts'

export interface Artifact {
  readonly id: number
  readonly name: string
  readonly url: string
}

/** Up to this many images are also uploaded one by one, so that they can be viewed in the browser. */
const PREVIEWS_MAX = 10

/** Names to try: other steps or attempts of the run may have used some. */
const NAMES_MAX = 20

/** PNG, JPEG and WebP are compressed already. */
const COMPRESSION_LEVEL = 0

/** Not allowed in the name of an artifact. */
const REFUSED = /[":<>|*?\r\n\\/]+/g

/** @throws {DeliveryError} when there is no artifact service */
export function refuseWithoutArtifacts({ context }: ActionRun): void {
  if (context.hasArtifactService) return
  throw new DeliveryError('There is no artifact service: only a GitHub Actions step can upload artifacts.')
}

/**
 * Uploads a run's images and their lock, and each image once more for the browser, named after its path.
 *
 * @returns `undefined` when there are none
 * @throws {DeliveryError} when there is no artifact service, or an upload fails
 */
export async function uploadImages(
  run: ActionRun,
  changes: readonly FileChange[],
): Promise<Artifact | undefined> {
  const { root, lock } = run.project
  const paths = changes.flatMap(({ path, after }) => (after ? [path] : []))
  if (paths.length === 0) return undefined
  const files = [...paths, lock.path].map((path) => inWorkspace(root, path))
  const artifact = await uploadArtifact(run, { name: 'easel-images', folder: root, files: () => files })
  run.log.line(`Uploaded: ${artifact.url}`)
  if (paths.length <= PREVIEWS_MAX) await uploadPreviews(run, paths)
  return artifact
}

async function uploadPreviews(run: ActionRun, paths: readonly string[]): Promise<void> {
  const { project, context, log } = run
  const folder = await mkdtemp(join(context.tempFolder, 'easel-preview-'))
  try {
    for (const path of paths) {
      const [, stem = path, extension = ''] = /^(.*?)(\.[^./]+)?$/.exec(path) ?? []
      // The client names it after the file.
      const files = async (name: string): Promise<string[]> => {
        await copyFile(inWorkspace(project.root, path), join(folder, name))
        return [join(folder, name)]
      }
      const preview = { name: safeName(stem), extension, folder, files, skipArchive: true }
      const { name, url } = await uploadArtifact(run, preview)
      log.line(`${name}: ${url}`)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** A name that GitHub accepts. */
export function safeName(name: string): string {
  return name.replaceAll(REFUSED, '-').replaceAll(/^-+|-+$/g, '') || 'images'
}

interface Upload {
  /** `name-2`, … when it is not free in this run. */
  readonly name: string
  readonly extension?: string
  /** Files keep their paths below it. */
  readonly folder: string
  /** @param name  the one that is tried */
  readonly files: (name: string) => string[] | Promise<string[]>
  readonly skipArchive?: boolean
}

/**
 * Uploads files as one artifact.
 *
 * @throws {DeliveryError} when there is no artifact service, or the upload fails
 */
export async function uploadArtifact(
  run: ActionRun,
  { name, extension = '', folder, files, skipArchive = false }: Upload,
): Promise<Artifact> {
  refuseWithoutArtifacts(run)
  // The client writes to the log as well: this opens the log's group before it does.
  if (!skipArchive) run.log.line(`Uploading the artifact ${name}.`)
  const { retentionDays } = run.inputs
  const retention = retentionDays !== undefined && { retentionDays }
  const options = { compressionLevel: COMPRESSION_LEVEL, skipArchive, ...retention }
  // Three times the size of everything else together, so load it only when it is needed.
  const { DefaultArtifactClient } = await import('@actions/artifact')
  const client = new DefaultArtifactClient()
  for (let at = 1; ; at++) {
    const free = `${at === 1 ? name : `${name}-${at}`}${extension}`
    try {
      const { id } = await client.uploadArtifact(free, await files(free), folder, options)
      if (id === undefined) throw new Error('the service returned no id')
      return { id, name: free, url: `${run.context.runUrl}/artifacts/${id}` }
    } catch (error) {
      const why = messageOf(error)
      if (/already exists/i.test(why) && at < NAMES_MAX) continue
      throw new DeliveryError(`The artifact ${free} could not be uploaded: ${why}`, { cause: error })
    }
  }
}
