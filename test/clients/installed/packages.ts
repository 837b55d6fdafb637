import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** Whether the packages of test/clients are there. Only CI installs them; elsewhere their tests are skipped. */
export const CLIENTS_INSTALLED = existsSync(join(import.meta.dirname, '../node_modules'))

/** For the title of what is skipped without them. */
export const NEEDS_CLIENTS = 'needs npm ci --prefix test/clients --ignore-scripts'
