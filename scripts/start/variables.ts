import { readFile } from 'node:fs/promises'
import { parseEnv } from 'node:util'

/**
 * The Worker's variables: what the environment sets, else the file. An empty one counts as absent, as everywhere else.
 *
 * @param file  such as `.dev.vars`, Wrangler's file for local variables and secrets; it may be missing
 */
export async function givenVariables(
  file: string,
  environment: NodeJS.ProcessEnv,
): Promise<Readonly<Record<string, string>>> {
  const all = { ...(await readVariables(file)), ...onlySet(environment) }
  return Object.fromEntries(Object.entries(all).filter(([name]) => /^(OPENROUTER|EASEL)_/.test(name)))
}

async function readVariables(file: string): Promise<Readonly<Record<string, string>>> {
  try {
    return onlySet(parseEnv(await readFile(file, 'utf8')))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {}
    throw new Error(`${file} can’t be read: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
}

function onlySet(variables: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).filter((entry): entry is [string, string] => Boolean(entry[1])),
  )
}
