import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { reliabilityDocument } from './document.ts'

const PATH = join(import.meta.dirname, '../../docs/reliability.md')

it('the documentation holds the table that the tests check', async () => {
  const document = reliabilityDocument()
  if (process.env['UPDATE_DOCS'] === '1') await writeFile(PATH, document)
  expect(await readFile(PATH, 'utf8'), 'stale: run again with UPDATE_DOCS=1').toBe(document)
})
