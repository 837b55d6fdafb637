import type { RunContext } from '../target/run-context.ts'
import type { ImageUrl } from '../../report/markdown.ts'

/**
 * URLs at which GitHub shows the images of a run. A generated image has one only once it is committed.
 *
 * @param folder     where the project is in the repository
 * @param delivered  the commit with the generated images
 */
export function imageUrls(
  { serverUrl, repository, sha: checkedOut }: Pick<RunContext, 'serverUrl' | 'repository' | 'sha'>,
  folder: string,
  delivered: string | undefined,
): ImageUrl {
  const sha = delivered ?? checkedOut
  if (!repository || !sha) return () => undefined
  return ({ path, status, outcome }) => {
    const isCommitted = status === 'up-to-date' || status === 'changed'
    const isDelivered = delivered !== undefined && outcome === 'generated'
    if (!isDelivered && (!isCommitted || outcome === 'generated')) return undefined
    return `${serverUrl}/${repository}/raw/${sha}/${(folder + path).split('/').map(encodeURIComponent).join('/')}`
  }
}
