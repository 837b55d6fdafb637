import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'vitest'

const ARE_INSTALLED = existsSync(join(import.meta.dirname, '../node_modules'))

const REASON = 'needs npm ci --prefix test/clients --ignore-scripts'

/**
 * Imports packages that only CI installs. Where they are missing there is one skipped test instead of the file's own,
 * whose title says why.
 *
 * @param promise  what those tests show
 */
export async function importInstalled<Packages>(
  promise: string,
  load: () => Promise<Packages>,
): Promise<Packages | undefined> {
  if (ARE_INSTALLED) return load()
  it.skip(`${promise}: ${REASON}`, () => {})
  return undefined
}
