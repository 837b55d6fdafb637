import { dirname, join } from 'node:path/posix'

/** A URL with a scheme or a host. */
const ELSEWHERE = /^([a-z][a-z0-9+.-]*:|\/\/)/i

/** Whether an image is outside the repository. */
export function isElsewhere(url: string): boolean {
  return ELSEWHERE.test(url)
}

/**
 * The file that an image's URL points to, relative to the root of the workspace.
 *
 * @param file      the page, relative to the root of the workspace
 * @param siteRoot  the folder that the site serves as `/`
 * @returns `problem`: the end of a sentence that starts with the URL
 */
export function imagePath(
  url: string,
  { file, siteRoot }: { readonly file: string; readonly siteRoot: string | undefined },
): { readonly path: string } | { readonly problem: string } {
  if (isElsewhere(url)) return { problem: 'is not in this repository: Easel writes files, so use a path' }
  const [beforeQuery = ''] = url.split(/[?#]/, 1)
  const path = decoded(beforeQuery)
  if (path === '') return { problem: 'is not a file name' }
  if (!path.startsWith('/')) return { path: join(dirname(file), path) }
  if (siteRoot !== undefined) return { path: join(siteRoot, path) }
  return {
    problem:
      'starts with /: set site_root in the config to the folder that the site serves as /, or use a path relative to the page',
  }
}

/** A `%` that doesn't start an escape is part of the name. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
