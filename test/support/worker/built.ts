import { exec } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { parse } from 'smol-toml'
import * as z from 'zod'

const configSchema = z.looseObject({
  build: z.object({ command: z.string() }),
  alias: z.record(z.string(), z.string()),
  vars: z.record(z.string(), z.string()),
})

/** wrangler.toml, as a deployment reads it. */
export function readConfig(): z.infer<typeof configSchema> {
  return configSchema.parse(parse(readFileSync('wrangler.toml', 'utf8')))
}

let built: Promise<unknown> | undefined

/**
 * Runs the `[build]` command of wrangler.toml, once in a process: wrangler would run it again for each Worker that a
 * test starts, to the same end.
 */
export async function buildOnce(): Promise<void> {
  built ??= promisify(exec)(readConfig().build.command)
  await built
}
