/**
 * What is missing from a base URL that is only a host, as the end of a sentence; `undefined` when it has a path.
 *
 * OpenRouter's API and that of an Easel Worker are both below `/api/v1`; at the root of either is a page.
 */
export function baseUrlHint(url: string): string | undefined {
  const { pathname, origin } = new URL(url)
  return pathname === '/' ? `the API is below a path, so write ${origin}/api/v1` : undefined
}
