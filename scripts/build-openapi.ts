/**
 * Writes the OpenAPI document that the Worker serves, from the schemas that validate its requests.
 *
 *     node scripts/build-openapi.ts           writes it
 *     node scripts/build-openapi.ts --check   fails when the committed file is stale
 */
import { fileURLToPath } from 'node:url'
import { format } from 'oxfmt'
import packageJson from '../package.json' with { type: 'json' }
import { createDocument } from '../worker/openapi/document.ts'
import { writeOrCheck } from './support/write-or-check.ts'

const document = await createDocument(packageJson.version)
const { code } = await format('openapi.json', JSON.stringify(document), { printWidth: 110 })
await writeOrCheck(fileURLToPath(new URL('../worker/openapi/openapi.json', import.meta.url)), code)
