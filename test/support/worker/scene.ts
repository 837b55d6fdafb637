import type { Fingerprint } from '../../../shared/fingerprint.ts'
import { fingerprint } from '../../../shared/fingerprint.ts'
import { DEFAULT_MODEL } from '../../../shared/default-model.ts'
import { resolveSpec } from '../../../shared/spec/parse.ts'

/** What a request without a model gets. */
export const SCENE_MODEL = DEFAULT_MODEL

export interface Scene {
  readonly path: string
  readonly fingerprint: Fingerprint
  /** How many requests for it reached OpenRouter. */
  generations(): number
}

/** An image of a test's own, known by its prompt. */
export async function scene(
  easel: { generations(text: string): readonly unknown[] },
  prompt: string,
): Promise<Scene> {
  const spec = resolveSpec({ prompt, model: SCENE_MODEL })
  return {
    path: `/image?prompt=${encodeURIComponent(prompt)}`,
    fingerprint: await fingerprint(spec),
    generations: () => easel.generations(prompt).length,
  }
}
