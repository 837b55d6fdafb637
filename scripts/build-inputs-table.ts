/**
 * Writes the tables of inputs and outputs in `docs/action.md` from `action.yml`.
 *
 *     node scripts/build-inputs-table.ts           writes them
 *     node scripts/build-inputs-table.ts --check   fails when the committed page is stale
 */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import * as z from 'zod'
import { writeOrCheck } from './support/write-or-check.ts'

const actionSchema = z.object({
  inputs: z.record(z.string(), z.object({ description: z.string(), default: z.string().optional() })),
  outputs: z.record(z.string(), z.object({ description: z.string() })),
})

const PAGE = fileURLToPath(new URL('../docs/action.md', import.meta.url))
const ACTION = new URL('../action.yml', import.meta.url)

const { inputs, outputs } = actionSchema.parse(parse(await readFile(ACTION, 'utf8')))
const inputRows = Object.entries(inputs).map(
  ([name, { description, default: value }]) =>
    `| \`${name}\` | ${value ? `\`${value}\`` : ''} | ${description} |`,
)
const outputRows = Object.entries(outputs).map(
  ([name, { description }]) => `| \`${name}\` | ${description} |`,
)

const page = await readFile(PAGE, 'utf8')
const withInputs = between(page, 'inputs', ['| input | default | |', '| --- | --- | --- |', ...inputRows])
await writeOrCheck(PAGE, between(withInputs, 'outputs', ['| output | |', '| --- | --- |', ...outputRows]))

/** The page with other lines between `<!-- name -->` and `<!-- /name -->`. */
function between(text: string, name: string, lines: readonly string[]): string {
  const pattern = new RegExp(`(<!-- ${name} -->\\n)[\\s\\S]*?(<!-- /${name} -->)`)
  if (!pattern.test(text)) throw new Error(`docs/action.md has no <!-- ${name} -->`)
  return text.replace(pattern, (_, open: string, close: string) => `${open}${lines.join('\n')}\n${close}`)
}
