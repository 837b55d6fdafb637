/**
 * Builds what the npm package exports into `dist/`: an ES module and its types for each entry, without dependencies.
 *
 *     node scripts/build-package.ts
 */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ENTRIES } from './package/entries.ts'
import { buildModules } from './package/modules.ts'
import { buildTypes } from './package/types.ts'

/** Beside `package.json`, whose `exports` name these files. */
const TARGET = fileURLToPath(new URL('../dist/', import.meta.url))

await rm(TARGET, { recursive: true, force: true })
await buildModules(ENTRIES, TARGET)
await buildTypes(ENTRIES, join(TARGET, 'types'))
