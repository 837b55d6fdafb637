import type { RunContext } from '../target/run-context.ts'
import type { ImageUrl } from '../../report/markdown.ts'

/** The start of the URLs of a commit's files. Paths are encoded, segment by segment. */
export function rawUrl(
  { serverUrl, repository }: Pick<RunContext, 'serverUrl' | 'repository'>,
  sha: string,
  folder: string,
): (path: string) => string {
  const base = `${serverUrl}/${repository}/raw/${sha}/`
  return (path) => base + (folder + path).split('/').map(encodeURIComponent).join('/')
}

/**
 * URLs at which GitHub shows the images of a run. A generated image has one only once it is committed.
 *
 * @param folder     where the project is in the repository
 * @param delivered  the commit with the generated images
 */
export function imageUrls(
  run: Pick<RunContext, 'serverUrl' | 'repository' | 'sha'>,
  folder: string,
  delivered: string | undefined,
): ImageUrl {
  const sha = delivered ?? run.sha
  if (!run.repository || !sha) return () => undefined
  const urlOf = rawUrl(run, sha, folder)
  return ({ path, status, outcome }) => {
    const isCommitted = status === 'up-to-date' || status === 'changed'
    const isThere = outcome === 'generated' ? delivered !== undefined : isCommitted
    return isThere ? urlOf(path) : undefined
  }
}
