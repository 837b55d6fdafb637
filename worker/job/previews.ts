import type { PreviewSink } from '../../shared/response/previews.ts'

/**
 * Is told of each preview: its base64, as OpenRouter sent it. A promise where the watcher is elsewhere; what it
 * rejects with doesn't matter.
 */
export type OnPreview = (base64: string) => unknown

/** Who watches a generation. Nobody's watching changes what is generated. */
export interface Previews {
  readonly sink: PreviewSink
  /** Waits for `work`, and tells `onPreview` of the previews until then. */
  watch<T>(onPreview: OnPreview | undefined, work: Promise<T>): Promise<T>
}

export function createPreviews(): Previews {
  const watchers = new Set<OnPreview>()

  async function tell(watcher: OnPreview, base64: string): Promise<void> {
    try {
      await watcher(base64)
    } catch {
      // The client hung up.
      watchers.delete(watcher)
    }
  }

  return {
    sink: {
      isWanted: () => watchers.size > 0,
      take: (base64) => {
        for (const watcher of watchers) void tell(watcher, base64)
      },
    },

    async watch(onPreview, work) {
      if (!onPreview) return work
      watchers.add(onPreview)
      try {
        return await work
      } finally {
        watchers.delete(onPreview)
      }
    },
  }
}
