import { readdir, readFile, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import type { ReadyImage } from '../config/fit-model.ts'
import { isErrno } from '../files/safe-path.ts'
import { openStateFolder, stateFolderIn } from '../files/state-folder.ts'
import { writeAtomic } from '../files/write-atomic.ts'

/** A request that was sent, and whose end nobody recorded. */
const recordSchema = z.object({
  path: z.string(),
  fingerprint: z.string(),
  /** USD; absent when the price is unknown. */
  estimate_usd: z.number().exactOptional(),
  /** What OpenRouter calls it; absent until its response began. */
  generation_id: z.string().exactOptional(),
})

export type InFlightRecord = Readonly<z.infer<typeof recordSchema>>

/** One request in flight. */
export interface InFlight {
  /** OpenRouter has named the generation. */
  named(generationId: string): void
  /** The image is safe, or what became of it is reported. */
  end(): Promise<void>
}

const FOLDER = 'in-flight'

/**
 * Records a request before it is sent, so that the next run knows of it if this one is killed.
 *
 * @throws a system error when it can't be written
 */
export async function recordInFlight(
  root: string,
  { path, fingerprint, estimate }: ReadyImage,
): Promise<InFlight> {
  const file = join(await openStateFolder(root), FOLDER, `${fingerprint}.json`)
  const record: InFlightRecord = {
    path,
    fingerprint,
    ...(estimate.usd !== undefined && { estimate_usd: estimate.usd }),
  }
  const write = (content: InFlightRecord): Promise<void> =>
    writeAtomic(file, [new TextEncoder().encode(JSON.stringify(content))], { survives: 'kill' })
  await write(record)
  let named = Promise.resolve()
  return {
    named(generationId) {
      // Without the name, the next run can only say that it may have been billed.
      named = write({ ...record, generation_id: generationId }).catch(() => {})
    },
    async end() {
      await named
      await unlink(file).catch(() => {})
    },
  }
}

/** What killed runs left in flight. */
export async function readInFlight(root: string): Promise<readonly InFlightRecord[]> {
  const folder = join(stateFolderIn(root), FOLDER)
  const names = await readdir(folder).catch((error: unknown) => {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return []
    throw error
  })
  const records = await Promise.all(
    names.filter((name) => name.endsWith('.json')).map((name) => readRecord(join(folder, name))),
  )
  return records.flatMap((record) => record ?? [])
}

/** Forgets a request that the user has been told about. */
export async function forgetInFlight(root: string, { fingerprint }: InFlightRecord): Promise<void> {
  await unlink(join(stateFolderIn(root), FOLDER, `${fingerprint}.json`)).catch(() => {})
}

async function readRecord(file: string): Promise<InFlightRecord | undefined> {
  try {
    return recordSchema.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch {
    return undefined
  }
}
