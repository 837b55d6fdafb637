import type { Situation } from './runner-context.ts'
import type { ImageUrl } from './summary.ts'

/**
 * Where GitHub shows the images that the commit of the run has. One that was only just made has no address
 * before it is delivered.
 *
 * @param delivered  the commit that has the new ones
 */
export function imageUrls(
  { serverUrl, repository, sha: checkedOut }: Situation,
  delivered: string | undefined,
): ImageUrl {
  const sha = delivered ?? checkedOut
  if (!repository || !sha) return () => undefined
  return ({ path, status, outcome }) => {
    const isCommitted = status === 'up-to-date' || status === 'changed'
    const isDelivered = delivered !== undefined && outcome === 'generated'
    if (!isDelivered && (!isCommitted || outcome === 'generated')) return undefined
    return `${serverUrl}/${repository}/raw/${sha}/${path.split('/').map(encodeURIComponent).join('/')}`
  }
}
