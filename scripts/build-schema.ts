/**
 * Writes `easel.schema.json`, which editors use to complete and check `easel.yml`.
 *
 *     node scripts/build-schema.ts           writes it
 *     node scripts/build-schema.ts --check   fails when the committed file is stale
 */
import { fileURLToPath } from 'node:url'
import { format } from 'oxfmt'
import * as z from 'zod'
import { easelConfigSchema, SCHEMA_URL } from '../shared/config/schema.ts'
import { writeOrCheck } from './support/write-or-check.ts'

// Draft 7 is the version that most editors' YAML language server supports best.
const { $schema, ...rest } = z.toJSONSchema(easelConfigSchema, { target: 'draft-7', io: 'input' })
const schema = { $schema, $id: SCHEMA_URL, ...rest }
const { code } = await format('easel.schema.json', JSON.stringify(schema), { printWidth: 110 })
await writeOrCheck(fileURLToPath(new URL('../easel.schema.json', import.meta.url)), code)
