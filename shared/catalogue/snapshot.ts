import { type Snapshot, snapshotSchema } from './model.ts'
import json from './snapshot.json' with { type: 'json' }

let snapshot: Snapshot | undefined

/** The model list of the repository, which `npm run snapshot` writes. Parsed on first use. */
export function bundledSnapshot(): Snapshot {
  snapshot ??= snapshotSchema.parse(json)
  return snapshot
}
