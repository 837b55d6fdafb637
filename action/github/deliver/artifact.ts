import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ArtifactClient, UploadArtifactOptions } from '@actions/artifact'
import { inWorkspace } from '../../files/safe-path.ts'
import { DeliveryError } from '../api/delivery-error.ts'
import type { DeliveryRun } from '../action-run.ts'
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

/**
 * Uploads a run's images and their lock, and each image once more for the browser, named after its path.
 *
 * @returns `undefined` when there are none
 * @throws {DeliveryError} when there is no artifact service, or an upload fails
 */
export async function uploadImages(
  delivery: DeliveryRun,
  changes: readonly FileChange[],
): Promise<Artifact | undefined> {
  const { project, log } = delivery
  const paths = changes.flatMap(({ path, after }) => (after ? [path] : []))
  if (paths.length === 0) return undefined
  const files = [...paths, project.lock.path].map((path) => inWorkspace(project.root, path))
  const artifact = await uploadArtifact('easel-images', files, project.root, delivery)
  log.line(`Uploaded: ${artifact.url}`)
  if (paths.length <= PREVIEWS_MAX) await uploadPreviews(paths, delivery)
  return artifact
}

/**
 * Uploads files as one artifact, with their paths below a folder.
 *
 * @param name  used if it is still free
 * @throws {DeliveryError} when there is no artifact service, or the upload fails
 */
export async function uploadArtifact(
  name: string,
  files: string[],
  folder: string,
  delivery: DeliveryRun,
): Promise<Artifact> {
  const client = await loadClient(delivery)
  // The client writes to the log as well: this opens the log's group before it does.
  delivery.log.line(`Uploading the artifact ${name}.`)
  return underFreeName(name, '', delivery, (free) =>
    client.uploadArtifact(free, files, folder, uploadOptions(delivery)),
  )
}

async function uploadPreviews(paths: readonly string[], delivery: DeliveryRun): Promise<void> {
  const { project, run, log } = delivery
  const client = await loadClient(delivery)
  const folder = await mkdtemp(join(run.tempFolder, 'easel-preview-'))
  try {
    for (const path of paths) {
      const [, stem = path, extension = ''] = /^(.*?)(\.[^./]+)?$/.exec(path) ?? []
      const { name, url } = await underFreeName(safeName(stem), extension, delivery, async (free) => {
        // The client names it after the file.
        const copy = join(folder, free)
        await copyFile(inWorkspace(project.root, path), copy)
        return client.uploadArtifact(free, [copy], folder, { ...uploadOptions(delivery), skipArchive: true })
      })
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

async function loadClient({ run }: DeliveryRun): Promise<ArtifactClient> {
  if (!run.hasArtifactService) {
    throw new DeliveryError('There is no artifact service: only a GitHub Actions step can upload artifacts.')
  }
  // Three times the size of everything else together, so load it only when it is needed.
  const { DefaultArtifactClient } = await import('@actions/artifact')
  return new DefaultArtifactClient()
}

/** Tries `name`, `name-2`, … until one is free in this run. */
async function underFreeName(
  name: string,
  extension: string,
  { run: { runUrl } }: DeliveryRun,
  upload: (name: string) => Promise<{ id?: number }>,
): Promise<Artifact> {
  for (let at = 1; ; at++) {
    const free = `${at === 1 ? name : `${name}-${at}`}${extension}`
    try {
      const { id } = await upload(free)
      if (id === undefined) throw new Error('the service returned no id')
      return { id, name: free, url: `${runUrl}/artifacts/${id}` }
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      if (/already exists/i.test(why) && at < NAMES_MAX) continue
      throw new DeliveryError(`The artifact ${free} could not be uploaded: ${why}`, { cause: error })
    }
  }
}

function uploadOptions({ inputs: { retentionDays } }: DeliveryRun): UploadArtifactOptions {
  return { compressionLevel: COMPRESSION_LEVEL, ...(retentionDays !== undefined && { retentionDays }) }
}
