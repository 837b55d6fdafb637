/**
 * Writes `shared/catalogue/snapshot.json` from OpenRouter's live lists, with Easel's own reader.
 *
 *     node scripts/snapshot-catalogue.ts
 *
 * Takes `OPENROUTER_BASE_URL` and `OPENROUTER_API_KEY`; OpenRouter's lists need no key. Writes nothing when any list
 * cannot be read: an old snapshot is better than one without prices.
 */
import { readFile, writeFile } from 'node:fs/promises'
import process from 'node:process'
import { format } from 'oxfmt'
import { createCatalogue } from '../shared/catalogue/catalogue.ts'
import type { Snapshot } from '../shared/catalogue/model.ts'

const TARGET = new URL('../shared/catalogue/snapshot.json', import.meta.url)
const FORMAT = new URL('../.oxfmtrc.json', import.meta.url)

const { OPENROUTER_BASE_URL: baseUrl = 'https://openrouter.ai/api/v1', OPENROUTER_API_KEY: apiKey } =
  process.env
const failures: unknown[] = []
const catalogue = createCatalogue({
  fetch,
  baseUrl,
  ...(apiKey && { apiKey }),
  now: Date.now,
  timeoutMs: 30_000,
  onFailure: (error) => failures.push(error),
})
const { models, source } = await catalogue.list()

if (source !== 'live' || failures.length > 0) {
  for (const failure of failures) process.stderr.write(`${String(failure)}\n`)
  process.stderr.write('The snapshot was not changed.\n')
  process.exitCode = 1
} else {
  const snapshot: Snapshot = { date: new Date().toISOString().slice(0, 10), models: [...models] }
  // The formatter breaks only long lines of this single line, so that a changed price is one changed line.
  const { code } = await format(
    'snapshot.json',
    JSON.stringify(snapshot),
    JSON.parse(await readFile(FORMAT, 'utf8')),
  )
  await writeFile(TARGET, code)
  process.stdout.write(`${models.length} models written to shared/catalogue/snapshot.json\n`)
}
