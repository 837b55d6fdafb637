import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ArtifactClient, UploadArtifactOptions } from '@actions/artifact'
import { DeliveryError } from '../api/delivery-error.ts'

export interface Artifact {
  readonly id: number
  readonly name: string
  readonly url: string
}

export interface ArtifactOptions {
  /** Its name, if that is still free. */
  readonly name: string
  /** Days; `undefined`: the repository's setting. */
  readonly retentionDays: number | undefined
  /** For copies of the files. */
  readonly tempFolder: string
  /** The page of the run, such as `https://github.com/octo/docs/actions/runs/77`. */
  readonly runUrl: string
}

/** The artifact with images that could not be delivered. */
export const RESCUED = 'easel-rescued'

/** Names to try: other steps or attempts of the run may have used some. */
const NAMES_MAX = 20

/** PNG, JPEG and WebP are compressed already. */
const COMPRESSION_LEVEL = 0

/** Not allowed in the name of an artifact. */
const REFUSED = /[":<>|*?\r\n\\/]+/g

/**
 * Uploads files as one artifact, with their paths below a folder.
 *
 * @throws {DeliveryError} when there is no artifact service, or the upload fails
 */
export async function uploadArtifact(
  files: string[],
  folder: string,
  options: ArtifactOptions,
): Promise<Artifact> {
  const client = await loadClient()
  return underFreeName(safeName(options.name), '', options, (free) =>
    client.uploadArtifact(free, files, folder, uploadOptions(options)),
  )
}

/** Uploads each file unzipped, so that it can be viewed in the browser. Its name is derived from its path. */
export async function uploadPreviews(
  files: ReadonlyMap<string, string>,
  options: ArtifactOptions,
): Promise<Artifact[]> {
  const client = await loadClient()
  const folder = await mkdtemp(join(options.tempFolder, 'easel-preview-'))
  const previews: Artifact[] = []
  try {
    for (const [path, source] of files) {
      const [, stem = path, extension = ''] = /^(.*?)(\.[^./]+)?$/.exec(path) ?? []
      const artifact = await underFreeName(safeName(stem), extension, options, async (free) => {
        // The client names it after the file.
        const copy = join(folder, free)
        await copyFile(source, copy)
        return client.uploadArtifact(free, [copy], folder, { ...uploadOptions(options), skipArchive: true })
      })
      previews.push(artifact)
    }
    return previews
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** A name that GitHub accepts. */
export function safeName(name: string): string {
  return name.replaceAll(REFUSED, '-').replaceAll(/^-+|-+$/g, '') || 'images'
}

async function loadClient(): Promise<ArtifactClient> {
  const { ACTIONS_RUNTIME_TOKEN, ACTIONS_RESULTS_URL } = process.env
  if (!ACTIONS_RUNTIME_TOKEN || !ACTIONS_RESULTS_URL) {
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
  { runUrl }: ArtifactOptions,
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

function uploadOptions({ retentionDays }: ArtifactOptions): UploadArtifactOptions {
  return { compressionLevel: COMPRESSION_LEVEL, ...(retentionDays !== undefined && { retentionDays }) }
}
