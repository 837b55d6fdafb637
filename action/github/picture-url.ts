import type { Situation } from './situation.ts'
import type { PictureUrl } from './summary.ts'

/**
 * Where GitHub shows the pictures that the commit of the run has. One that was only just made has no address
 * before it is delivered.
 */
export function pictureUrls({ serverUrl, repository, sha }: Situation): PictureUrl {
  if (!repository || !sha) return () => undefined
  return ({ path, status, outcome }) => {
    const isCommitted = status === 'up-to-date' || status === 'changed'
    if (!isCommitted || outcome === 'generated') return undefined
    return `${serverUrl}/${repository}/raw/${sha}/${path.split('/').map(encodeURIComponent).join('/')}`
  }
}
