import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'

const credentialsSchema = z.object({ EASEL_TOKENS: z.string(), EASEL_SIGNING_KEYS: z.string() })

/** A token and a signing key, as the Worker's variables. */
export type Credentials = z.infer<typeof credentialsSchema>

/** The credentials in the state folder, created at the first start: URLs stay valid across restarts. */
export async function localCredentials(stateFolder: string): Promise<Credentials> {
  const file = join(stateFolder, 'credentials.json')
  try {
    return credentialsSchema.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) {
      throw new Error(`${file} can’t be read. Delete it, and new credentials are created.`, { cause: error })
    }
  }
  const created = {
    EASEL_TOKENS: `local:${randomBytes(24).toString('hex')}`,
    EASEL_SIGNING_KEYS: `local:${randomBytes(24).toString('hex')}`,
  }
  await mkdir(stateFolder, { recursive: true })
  // Nobody else on this machine may read it.
  await writeFile(file, `${JSON.stringify(created, null, 2)}\n`, { mode: 0o600 })
  return created
}
