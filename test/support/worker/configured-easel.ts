import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compileConfig } from '../../../scripts/edge-config/compile.ts'
import type { CompiledConfig } from '../../../worker/config/compiled-config.ts'
import { type RunningEasel, startEasel, type StartOptions } from './easel.ts'

/** The Worker, deployed with an easel.yml. */
export interface ConfiguredEasel extends RunningEasel {
  /** The folder of the easel.yml; removed on `close`. */
  readonly folder: string
  readonly compiled: CompiledConfig
}

/**
 * @param files  by name: `easel.yml`, and what it refers to
 * @param main   another entrypoint than the Worker's own
 * @param emulator  its options
 */
export async function startConfiguredEasel(
  files: Readonly<Record<'easel.yml', string>> & Readonly<Record<string, string | Uint8Array>>,
  vars: NonNullable<StartOptions['vars']>,
  main = './worker/index.ts',
  emulator: NonNullable<StartOptions['emulator']> = {},
): Promise<ConfiguredEasel> {
  const folder = await mkdtemp(join(tmpdir(), 'easel-configured-'))
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content)
  const compiled = await compileConfig(join(folder, 'easel.yml'), () => {})
  const easelConfig = join(folder, 'compiled.json')
  await writeFile(easelConfig, JSON.stringify(compiled))
  const easel = await startEasel({ main, emulator, easelConfig, vars })
  return {
    ...easel,
    folder,
    compiled,
    async close() {
      await Promise.all([easel.close(), rm(folder, { recursive: true })])
    },
  }
}
