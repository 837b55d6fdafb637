import { writeFile } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'
import process from 'node:process'
import { build, type Plugin } from 'esbuild'
import * as z from 'zod'
import { easelConfigSchema } from '../../shared/config/schema.ts'
import { imageSpecInputSchema } from '../../shared/spec/schema.ts'

/** Writes each entry as one file, and the JSON Schemas, which users shouldn't need zod for. */
export async function buildModules(entries: Readonly<Record<string, string>>, folder: string): Promise<void> {
  await build({
    entryPoints: entries,
    outdir: folder,
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    external: ['node:*'],
    target: 'es2022',
    // Stays readable for those who debug into it, and lets their bundler drop what they don't use.
    charset: 'utf8',
    plugins: [importEntries(entries)],
    logLevel: 'warning',
  })
  await writeFile(
    join(folder, 'schema.js'),
    `export const configSchema = ${jsonSchema(easelConfigSchema)}\nexport const specSchema = ${jsonSchema(imageSpecInputSchema)}\n`,
  )
}

/** An entry imports another one instead of holding a copy of it. */
function importEntries(entries: Readonly<Record<string, string>>): Plugin {
  return {
    name: 'import-entries',
    setup({ onResolve, resolve }) {
      onResolve({ filter: /^\./ }, async ({ path, pluginData, kind, ...options }) => {
        if (pluginData === 'seen' || kind === 'entry-point') return undefined
        const found = await resolve(path, { ...options, kind, pluginData: 'seen' })
        const source = relative(process.cwd(), found.path)
        const name = Object.keys(entries).find((entry) => entries[entry] === source)
        return name === undefined ? undefined : { path: `./${basename(name)}.js`, external: true }
      })
    },
  }
}

function jsonSchema(schema: z.ZodType): string {
  return JSON.stringify(z.toJSONSchema(schema, { io: 'input' }))
}
