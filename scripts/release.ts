/**
 * What the release workflow needs to know. Imports no package: it runs before anything is installed.
 *
 *     node scripts/release.ts check v1.2.3    fails unless package.json and CHANGELOG.md have this version
 *     node scripts/release.ts notes v1.2.3    prints the version's part of CHANGELOG.md
 */
import { readFile } from 'node:fs/promises'
import process from 'node:process'
import { changesOf } from './release/changelog.ts'

const [command, tag = ''] = process.argv.slice(2)
const version = tag.replace(/^v/, '')
const changes = changesOf(await readFile(new URL('../CHANGELOG.md', import.meta.url), 'utf8'), version)
const own: { readonly version?: unknown } = JSON.parse(
  await readFile(new URL('../package.json', import.meta.url), 'utf8'),
)

if (changes?.date === undefined) fail(`CHANGELOG.md needs the heading “## ${version} – <date>”.`)
else if (own.version !== version)
  fail(`package.json is ${String(own.version)}: npm version --no-git-tag-version ${version}`)
else if (command === 'notes') console.log(changes.text)

function fail(message: string): void {
  console.error(message)
  process.exitCode = 1
}
