import { createCodecThread } from './codec-thread.ts'
import { type Convert, createConverter } from './convert.ts'
import { createThumbhash, type Thumbhash } from './thumbhash.ts'

/** All that decodes images: one image at a time, whatever for. */
export function createCodecs(): { readonly convert: Convert; readonly thumbhash: Thumbhash } {
  const runOnThread = createCodecThread()
  return { convert: createConverter(runOnThread), thumbhash: createThumbhash(runOnThread) }
}
