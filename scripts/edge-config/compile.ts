import { basename, dirname, relative } from 'node:path'
import { readFile } from 'node:fs/promises'
import type { ReadyImage } from '../../action/config/fit-model.ts'
import { formatDiagnostic } from '../../action/config/diagnostic.ts'
import { loadConfig } from '../../action/plan/load-config.ts'
import { declarationsOf } from '../../action/config/yaml-images.ts'
import { realRoot } from '../../action/files/safe-path.ts'
import { createCatalogue } from '../../shared/catalogue/catalogue.ts'
import { fingerprint } from '../../shared/fingerprint.ts'
import type { ImageSpec } from '../../shared/spec/schema.ts'
import type { CompiledConfig, ListedImage } from '../../worker/config/compiled-config.ts'

/**
 * Compiles an `easel.yml` for the Worker. The Action's own code reads, checks and hashes it, so that an image has the
 * same fingerprint in both. Models are checked against the list in the repository, without network access.
 *
 * @param file    the config
 * @param onWarn  called for everything that is allowed but probably a mistake
 * @throws {ConfigError} holding every mistake, each with line and column
 */
export async function compileConfig(file: string, onWarn: (line: string) => void): Promise<CompiledConfig> {
  const text = await readFile(file, 'utf8')
  const folder = dirname(file)
  const workspace = basename(folder) === '.github' ? dirname(folder) : folder
  const root = await realRoot(workspace)
  const path = relative(workspace, file)
  const { images, warnings } = await loadConfig({ root, path, text, catalogue: offlineCatalogue() })
  for (const warning of warnings) onWarn(formatDiagnostic(warning))
  const { defaults = {}, presets } = declarationsOf(text, path)
  return {
    defaults,
    presets: Object.fromEntries([...presets].flatMap(([name, preset]) => (preset ? [[name, preset]] : []))),
    images: await Promise.all(images.map(listed)),
  }
}

async function listed({
  path,
  id,
  fingerprint: own,
  spec,
  candidates,
  inputs,
}: ReadyImage): Promise<ListedImage> {
  const sent = sentSpec(spec, candidates)
  const sentFingerprint = await fingerprint(sent)
  return {
    path,
    ...(id !== undefined && { id }),
    fingerprint: own,
    ...(sentFingerprint !== own && { sentFingerprint }),
    spec,
    sent,
    files: inputs.map((input) => input.path),
  }
}

/** The spec as the models are asked for it. Formats that only some of them take are left out. */
function sentSpec({ models }: ImageSpec, [first, ...others]: ReadyImage['candidates']): ImageSpec {
  if (!models) return first.request
  const { output_format, output_compression, ...rest } = { ...first.request, models }
  const isShared = others.every(({ request }) => request.output_format === output_format)
  return {
    ...rest,
    ...(isShared && output_format !== undefined && { output_format }),
    ...(isShared && output_compression !== undefined && { output_compression }),
  }
}

function offlineCatalogue() {
  return createCatalogue({
    fetch: () => Promise.reject(new Error('the build has no network access')),
    baseUrl: 'https://openrouter.ai/api/v1',
    now: Date.now,
  })
}
