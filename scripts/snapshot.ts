/**
 * Writes `shared/catalogue/snapshot.json` from OpenRouter's live lists, with Easel's own reader.
 *
 *     npm run snapshot [-- FILE]
 *
 * Takes `OPENROUTER_BASE_URL` and `OPENROUTER_API_KEY`; OpenRouter's lists need no key. Writes nothing when any list
 * cannot be read, or when nothing but the date would change: an old snapshot is better than one without prices.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { isDeepStrictEqual } from 'node:util'
import process from 'node:process'
import { format } from 'oxfmt'
import { createCatalogue } from '../shared/catalogue/catalogue.ts'
import { snapshotSchema } from '../shared/catalogue/model.ts'
import { OPENROUTER_BASE_URL } from '../shared/openrouter/client.ts'
import { nextSnapshot } from './snapshot/next-snapshot.ts'

const SNAPSHOT = new URL('../shared/catalogue/snapshot.json', import.meta.url)
const FORMAT = new URL('../.oxfmtrc.json', import.meta.url)

/** Without a change, the date still has to be renewed before the snapshot counts as old. */
const RENEW_AFTER_DAYS = 60

const { OPENROUTER_BASE_URL: baseUrl = OPENROUTER_BASE_URL, OPENROUTER_API_KEY: apiKey } = process.env
const [target = SNAPSHOT] = process.argv.slice(2)
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
  const old = snapshotSchema.parse(JSON.parse(await readFile(SNAPSHOT, 'utf8')))
  const next = nextSnapshot(old, models, new Date().toISOString().slice(0, 10))
  const ageDays = (Date.parse(next.date) - Date.parse(old.date)) / 86_400_000
  if (isDeepStrictEqual({ ...next, date: old.date }, old) && ageDays < RENEW_AFTER_DAYS) {
    process.stdout.write(`Nothing has changed since ${old.date}.\n`)
  } else {
    // The formatter breaks only long lines of this single line, so that a changed price is one changed line.
    const { code } = await format(
      'snapshot.json',
      JSON.stringify(next),
      JSON.parse(await readFile(FORMAT, 'utf8')),
    )
    await writeFile(target, code)
    process.stdout.write(`${models.length} models written.\n`)
  }
}
