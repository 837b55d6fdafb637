const SELF = "'self'"

/** Only what this Worker serves, and nothing inline. `data:` and `blob:` are images that the page itself made. */
const POLICY = {
  'default-src': "'none'",
  'script-src': SELF,
  'style-src': SELF,
  'img-src': `${SELF} data: blob:`,
  'connect-src': SELF,
  'form-action': SELF,
  'base-uri': "'none'",
  'frame-ancestors': "'none'",
} as const

/** The page's script builds elements one by one; it never parses HTML. The viewer of the API does. */
const NO_MARKUP_FROM_SCRIPTS = "; require-trusted-types-for 'script'"

/** The headers of every HTML page. */
export function pageHeaders(allowsMarkupFromScripts = false): Record<string, string> {
  const policy = Object.entries(POLICY)
    .map(([directive, sources]) => `${directive} ${sources}`)
    .join('; ')
  return {
    'Content-Security-Policy': policy + (allowsMarkupFromScripts ? '' : NO_MARKUP_FROM_SCRIPTS),
    'Cache-Control': 'no-cache',
    'Cross-Origin-Opener-Policy': 'same-origin',
    // The page's URL holds the prompt.
    'Referrer-Policy': 'same-origin',
    'X-Content-Type-Options': 'nosniff',
  }
}
