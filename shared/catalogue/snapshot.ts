import { type Snapshot, snapshotSchema } from './model.ts'
import json from './snapshot.json' with { type: 'json' }

let snapshot: Snapshot | undefined

/** The list that is kept in the repository, written by `scripts/snapshot-catalogue.ts`. Read at the first call. */
export function bundledSnapshot(): Snapshot {
  snapshot ??= snapshotSchema.parse(json)
  return snapshot
}
