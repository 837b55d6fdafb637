/**
 * Writes `easel.schema.json`, by which editors complete and check `easel.yml`.
 *
 *     node scripts/build-schema.ts           writes it
 *     node scripts/build-schema.ts --check   fails when what is there is not what would be written
 */
import { fileURLToPath } from 'node:url'
import { format } from 'oxfmt'
import * as z from 'zod'
import { easelConfigSchema } from '../shared/config/schema.ts'
import { writeOrCheck } from './support/write-or-check.ts'

// Draft 7 is what the YAML language server, behind most editors, knows best.
const schema = z.toJSONSchema(easelConfigSchema, { target: 'draft-7', io: 'input' })
const { code } = await format('easel.schema.json', JSON.stringify(schema), { printWidth: 110 })
await writeOrCheck(fileURLToPath(new URL('../easel.schema.json', import.meta.url)), code)
