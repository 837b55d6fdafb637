import { basename, dirname, join } from 'node:path/posix'
import { kindAt } from '../files/kind-at.ts'
import { inWorkspace, pathProblem } from '../files/safe-path.ts'
import { UsageError } from './diagnostic.ts'
import { shown } from './wording.ts'

/** Where Easel looks for `easel.yml`, relative to the root of the workspace. */
const CONFIG_PATHS = ['easel.yml', '.github/easel.yml'] as const

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
    if (problem) throw new UsageError(`The config file can’t be used: ${shown(given)} ${problem}.`)
    if (!/\.ya?ml$/.test(path)) throw new UsageError(`The config file must be .yml, not ${given}.`)
    if (await isThere(root, path)) return path
    throw new UsageError(`There is no file ${given} in ${root}.`)
  }
  const [first, second] = await existingConfigs(root)
  if (first && second) {
    throw new UsageError(
      `There are two configs, ${first} and ${second}: remove one, or set config to the one to use.`,
    )
  }
  if (first) return first
  const miss = await nearMiss(root)
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

/** The configs that a root has. @throws {UsageError} when what is there can't be one */
export async function existingConfigs(root: string): Promise<readonly string[]> {
  const areThere = await Promise.all(CONFIG_PATHS.map((path) => isThere(root, path)))
  return CONFIG_PATHS.filter((_, index) => areThere[index])
}

/** A file that is most likely meant to be the config, under a name that Easel doesn't look for. */
export async function nearMiss(root: string): Promise<string | undefined> {
  const kinds = await Promise.all(NEAR_MISSES.map((path) => kindAt(join(root, path))))
  return NEAR_MISSES.find((_, index) => kinds[index] === 'a file')
}

async function isThere(root: string, path: string): Promise<boolean> {
  const kind = await kindAt(join(root, path))
  if (kind === 'nothing' || kind === 'a file') return kind === 'a file'
  throw new UsageError(`${path} is ${kind}: Easel needs a file there.`)
}
