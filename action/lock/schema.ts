import * as z from 'zod'

/** The only version of `easel.lock.json` so far. */
export const LOCK_VERSION = 1

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hex digits')

/** What the lock records about a generated image. */
export const lockEntrySchema = z.object({
  /** Of the spec that it was generated from. */
  fingerprint: sha256,
  /** Of the file as it was written. */
  sha256,
  /** In a rescue folder only: the hash of the file that it is to replace, where that is an image as well. */
  replaces: sha256.exactOptional(),
  bytes: z.int().min(1),
  media_type: z.string(),
  width: z.number(),
  height: z.number(),
  /** A small preview in base64, as evanw/thumbhash has it. */
  thumbhash: z.string().exactOptional(),
  /**
   * The model that generated it. Where the response names none, the one asked for, or what that alias meant. Absent for
   * a file that `easel adopt` took in.
   */
  model: z.string().exactOptional(),
  /** The models of the spec that were asked first, and why they did not generate it. */
  failed_models: z
    .array(z.object({ model: z.string(), code: z.string(), message: z.string() }))
    .exactOptional(),
  generation_id: z.string().exactOptional(),
  /** As billed; absent when the response named no cost. */
  cost_usd: z.number().min(0).exactOptional(),
  /** What the fingerprint was computed from, so that a plan can say which fields changed. */
  spec: z.record(z.string(), z.json()),
})

/** A lock that something else has formatted. */
export const lockSchema = z.object({
  version: z.literal(LOCK_VERSION),
  images: z.record(z.string(), z.unknown()),
})

export type LockEntry = Readonly<z.infer<typeof lockEntrySchema>>

/** Entries by path. */
export type LockEntries = ReadonlyMap<string, LockEntry>

/** The order of an entry's fields in the file. */
export const ENTRY_FIELDS = Object.keys(lockEntrySchema.shape) as readonly (keyof LockEntry)[]
