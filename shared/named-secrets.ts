/** Shorter secrets can be guessed. */
const SECRET_MIN_CHARACTERS = 16

/** `name:secret,name:secret`, as in `EASEL_TOKENS` and `EASEL_SIGNING_KEYS`. Checks nothing. */
export function parseNamedSecrets(text: string): readonly (readonly [name: string, secret: string])[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const colon = part.indexOf(':')
      return colon < 0 ? [part, ''] : [part.slice(0, colon), part.slice(colon + 1)]
    })
}

/**
 * What is wrong with named secrets, as the end of a sentence that names the variable; never one of the values.
 *
 * @param form  of one entry, such as `kid:secret`
 */
export function namedSecretsProblem(
  pairs: ReturnType<typeof parseNamedSecrets>,
  form: string,
): string | undefined {
  // Names stand in URLs and in the log.
  const isValid = pairs.every(
    ([name, secret]) => /^[\w.-]+$/.test(name) && secret.length >= SECRET_MIN_CHARACTERS,
  )
  if (!isValid)
    return `must be ${form},… with secrets of ${SECRET_MIN_CHARACTERS} or more characters, and no comma in them`
  if (new Set(pairs.map(([name]) => name)).size < pairs.length) return 'names one of its entries twice'
  return undefined
}
