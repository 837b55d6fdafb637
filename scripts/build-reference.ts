/**
 * Writes the reference pages that schemas say everything about: HTTP, environment, `easel.yml`.
 *
 *     node scripts/build-reference.ts           writes them
 *     node scripts/build-reference.ts --check   fails when a committed page is stale
 */
import { fileURLToPath } from 'node:url'
import packageJson from '../package.json' with { type: 'json' }
import { createDocument } from '../worker/openapi/document.ts'
import { configPage } from './reference/config-page.ts'
import { environmentPage } from './reference/environment-page.ts'
import { httpPage } from './reference/http-page.ts'
import { writeOrCheck } from './support/write-or-check.ts'

const pages = {
  'http.md': httpPage(await createDocument(packageJson.version)),
  'environment.md': environmentPage(),
  'config.md': configPage(),
}
for (const [name, text] of Object.entries(pages)) {
  await writeOrCheck(fileURLToPath(new URL(`../docs/reference/${name}`, import.meta.url)), text)
}
