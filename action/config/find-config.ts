import { stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path/posix'
import { inWorkspace, isErrno, pathProblem } from '../files/safe-path.ts'
import { UsageError } from './diagnostic.ts'

/** Where Easel looks for `easel.yml`, relative to the root of the workspace. */
export const CONFIG_PATHS = ['easel.yml', '.github/easel.yml'] as const

/** Names that people use by mistake. */
const NEAR_MISSES = ['easel.yaml', '.github/easel.yaml', '.easel.yml', 'easel.json'] as const

/**
 * Finds the config file.
 *
 * @param given  the path that the user gave, if any
 * @returns its path, relative to the root of the workspace
 * @throws {UsageError} when there is none, or more than one
 */
export async function findConfig(root: string, given: string | undefined): Promise<string> {
  if (given !== undefined) {
    const path = given.replaceAll('\\', '/').replace(/^\.\//, '')
    const problem = CONFIG_PATHS.some((known) => known === path) ? undefined : pathProblem(path)
    if (problem) throw new UsageError(`The config file can’t be used: ${given} ${problem}.`)
    if (!/\.ya?ml$/.test(path)) throw new UsageError(`The config file must be .yml, not ${given}.`)
    if (await isFile(root, path)) return path
    throw new UsageError(`There is no file ${given} in ${root}.`)
  }
  const found = await existing(root, CONFIG_PATHS)
  const [first, second] = found
  if (first && second) {
    throw new UsageError(
      `There are two configs, ${first} and ${second}: remove one, or set config to the one to use.`,
    )
  }
  if (first) return first
  const [miss] = await existing(root, NEAR_MISSES)
  const hint = miss ? `There is ${miss}: rename it, or set config to it.` : 'Run easel init to create one.'
  throw new UsageError(`There is no ${CONFIG_PATHS.join(' or ')} in ${root}. ${hint}`)
}

/**
 * The path of a config's lock. It is next to the config: `easel.lock.json` for `easel.yml`. For a config in `.github`
 * it is at the root, because Easel writes nothing into `.github`.
 */
export function lockPathOf(configPath: string): string {
  const name = `${basename(configPath).replace(/\.ya?ml$/, '')}.lock.json`
  const folder = dirname(configPath)
  return folder === '.github' ? name : join(folder, name)
}

/** The absolute path of a config. */
export function configFile(root: string, path: string): string {
  return CONFIG_PATHS.some((known) => known === path) ? join(root, path) : inWorkspace(root, path)
}

async function existing(root: string, paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(paths.map((path) => isFile(root, path)))
  return paths.filter((_, index) => found[index])
}

async function isFile(root: string, path: string): Promise<boolean> {
  try {
    return (await stat(join(root, path))).isFile()
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return false
    throw error
  }
}
