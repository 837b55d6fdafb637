import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A package's folder: `node_modules/@scope/name`, also within another package. */
const PACKAGE = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/

/** How packages call the file with their licence. */
const LICENCE = /^(licen[cs]e|copying|notice)(\.(md|txt))?$/i

/**
 * The licences of what a bundle holds, as one text: most of them demand that they go with every copy.
 *
 * @param files  the bundled files, relative to `root`
 */
export async function bundledLicences(files: readonly string[], root: string): Promise<string> {
  const folders = new Set(files.flatMap((path) => PACKAGE.exec(path)?.[0] ?? []))
  const texts = await Promise.all([...folders].toSorted().map((folder) => licenceOf(join(root, folder))))
  return `action/dist holds code of these packages.\n\n${[...new Set(texts)].join('\n')}`
}

async function licenceOf(folder: string): Promise<string> {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    readonly name: string
    readonly version: string
    readonly license?: string
  }
  const names = (await readdir(folder)).filter((file) => LICENCE.test(file)).toSorted()
  const texts = await Promise.all(names.map((file) => readFile(join(folder, file), 'utf8')))
  const heading = `${name} ${version} (${license ?? (names.length > 0 ? 'see below' : 'its package names no licence')})`
  return [heading, '='.repeat(heading.length), ...texts.map((text) => `\n${text.trim()}`), ''].join('\n')
}
