import { dirname, join } from 'node:path/posix'

/** A URL with a scheme, or one that begins with the name of a host. */
const ELSEWHERE = /^([a-z][a-z0-9+.-]*:|\/\/)/i

/** Whether an image is somewhere else than in the repository. */
export function isElsewhere(url: string): boolean {
  return ELSEWHERE.test(url)
}

/**
 * The file that an image's URL names, from the root of the workspace.
 *
 * @param file      the page, from the root of the workspace
 * @param siteRoot  the folder that the site serves as `/`
 * @returns `problem`: the end of a sentence that begins with the URL
 */
export function imagePath(
  url: string,
  { file, siteRoot }: { readonly file: string; readonly siteRoot: string | undefined },
): { readonly path: string } | { readonly problem: string } {
  if (isElsewhere(url)) return { problem: 'is not in this repository: Easel makes files, so give it a path' }
  const [beforeQuery = ''] = url.split(/[?#]/, 1)
  const path = decoded(beforeQuery)
  if (path === '') return { problem: 'names no file' }
  if (!path.startsWith('/')) return { path: join(dirname(file), path) }
  if (siteRoot !== undefined) return { path: join(siteRoot, path) }
  return {
    problem:
      'begins with /: set site_root in the config to the folder that the site serves as /, or write a path from the page',
  }
}

/** A `%` that is none of an encoding is one of the name. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
