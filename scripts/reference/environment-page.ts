import * as z from 'zod'
import { settingsSchema } from '../../worker/settings.ts'
import { head, table } from './table.ts'

const INTRO = `What configures the Worker. Set variables under \`[vars]\` in \`wrangler.toml\`, and secrets with \`npx wrangler secret put NAME\`; then deploy again. \`npm start\` reads them from the environment and from \`.dev.vars\`. An empty variable counts as one that isn't set. A wrong one is one clear error on every route.

The Action has [inputs](../action.md#inputs) instead; the command reads \`OPENROUTER_API_KEY\`, \`OPENROUTER_BASE_URL\`, \`EASEL_SIGNING_KEYS\` and \`NO_COLOR\`.`

const LOCAL = [
  ['`PORT`', '`8787`', 'Where the Worker listens, on 127.0.0.1.'],
  ['`EMULATOR_PORT`', '`PORT` + 1', 'Where the emulator listens.'],
  ['`EMULATOR_LATENCY_MS`', '`0`', 'How long the emulator takes for an image, in milliseconds.'],
  [
    '`STATE_DIR`',
    '`.wrangler`',
    'Where `emulated` and `real` are: images, ledger, token and signing key of each.',
  ],
  [
    '`EASEL_CONFIG`',
    '`easel.yml`',
    'The config that is deployed with the Worker. `npm run deploy` reads it, too.',
  ],
] as const

/** Every variable and secret of the Worker, from the schema that checks them. */
export function environmentPage(): string {
  const { data: defaults } = settingsSchema.safeParse({ OPENROUTER_API_KEY: 'sk-or-' })
  const rows = Object.entries(settingsSchema.shape).map(([name, schema]) => [
    `\`${name}\``,
    defaultOf(Reflect.get(defaults ?? {}, name), name),
    z.globalRegistry.get(schema)?.description ?? '',
  ])
  return [
    ...head('Environment', 'settingsSchema in worker/settings.ts', INTRO),
    '## The Worker',
    '',
    ...table(['variable', 'default', ''], rows),
    '',
    '## `npm start`',
    '',
    ...table(['variable', 'default', ''], LOCAL),
    '',
  ].join('\n')
}

function defaultOf(value: unknown, name: string): string {
  if (name === 'OPENROUTER_API_KEY') return ''
  if (Array.isArray(value)) return value.length > 0 ? `\`${value.join(',')}\`` : ''
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? `\`${value}\``
    : ''
}
