import { appendFile, mkdir, readdir, readFile, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import type { ReadyImage } from '../config/fit-model.ts'
import { isErrno } from '../files/safe-path.ts'
import { openStateFolder, stateFolderIn } from '../files/state-folder.ts'
import { type Folder, inFolder } from '../files/write-atomic.ts'

/** A request that was sent, and whose end nobody recorded. */
const recordSchema = z.object({
  path: z.string(),
  fingerprint: z.string(),
  /** USD, probably; absent when the price is unknown. */
  estimate_usd: z.number().exactOptional(),
  /** USD, at most; absent when the price is unknown. */
  max_usd: z.number().exactOptional(),
  /** What OpenRouter calls it; absent until its response began, `null` once another attempt has begun. */
  generation_id: z.string().nullable().exactOptional(),
})

export type InFlightRecord = Readonly<z.infer<typeof recordSchema>>

/** One request in flight. */
export interface InFlight {
  /** OpenRouter has named the generation, or another attempt begins, of which nothing is known yet. */
  named(generationId: string | undefined): void
  /** The image is safe, or what became of it is reported. */
  end(): Promise<void>
}

/**
 * Records a request before it is sent, so that the next run knows of it if this one is killed. What is learnt later is
 * another line of the record, and only whole lines count.
 *
 * @throws a system error when it can't be written
 */
export async function recordInFlight(
  root: string,
  { path, fingerprint, estimate }: ReadyImage,
): Promise<InFlight> {
  const folder = inFlightFolderOf(root)
  const file = join(folder.path, `${fingerprint}.json`)
  const record: InFlightRecord = {
    path,
    fingerprint,
    ...(estimate.usd !== undefined && { estimate_usd: estimate.usd }),
    ...(estimate.maxUsd !== undefined && { max_usd: estimate.maxUsd }),
  }
  await inFolder(folder, () => writeFile(file, lineOf(record)))
  let named = Promise.resolve()
  let last: string | undefined
  return {
    named(generationId) {
      if (generationId === last) return
      last = generationId
      const line = lineOf({ generation_id: generationId ?? null })
      // Without the name, the next run can only say that it may have been billed.
      named = named.then(() => appendFile(file, line)).catch(() => {})
    },
    async end() {
      await named
      await unlink(file).catch(() => {})
    },
  }
}

function lineOf(record: Partial<InFlightRecord>): string {
  return `${JSON.stringify(record)}\n`
}

/** What killed runs left in flight. */
export async function readInFlight(root: string): Promise<readonly InFlightRecord[]> {
  const { path: folder } = inFlightFolderOf(root)
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
  await unlink(join(inFlightFolderOf(root).path, `${fingerprint}.json`)).catch(() => {})
}

/** Removes a record that was not whole: its request was not sent. */
async function readRecord(file: string): Promise<InFlightRecord | undefined> {
  const lines = (await readFile(file, 'utf8')).split('\n').slice(0, -1)
  try {
    return recordSchema.parse(Object.assign({}, ...lines.map((line) => JSON.parse(line) as unknown)))
  } catch {
    await unlink(file).catch(() => {})
    return undefined
  }
}

function inFlightFolderOf(root: string): Folder {
  const path = join(stateFolderIn(root), 'in-flight')
  return {
    path,
    open: async () => {
      await openStateFolder(root)
      await mkdir(path, { recursive: true })
    },
  }
}
