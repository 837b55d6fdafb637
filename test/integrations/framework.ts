import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** Where the frameworks are installed, and sites are built. */
export const FOLDER = dirname(fileURLToPath(import.meta.url))

/** Titles of tests that are skipped say why. */
export const NEEDS = '(needs npm ci in test/integrations, as .ci/run does)'

const require = createRequire(import.meta.url)

/** Whether a framework is installed here: everybody else tests without. */
export function isInstalled(name: string): boolean {
  return existsSync(join(FOLDER, 'node_modules', name))
}

/**
 * A framework's module, of whose types nothing is known where it isn't installed.
 *
 * @param specifier  as its users import it
 * @param inside     a file beside that one, which the package doesn't export
 */
export async function load<T>(specifier: string, inside?: string): Promise<T> {
  const entry = require.resolve(specifier)
  return import(pathToFileURL(inside === undefined ? entry : join(dirname(entry), inside)).href) as Promise<T>
}
