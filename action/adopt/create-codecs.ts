import { createCodecThread } from './codec-thread.ts'
import { type Convert, createConverter } from './convert.ts'
import { createThumbhash, type Thumbhash } from './thumbhash.ts'

export interface Codecs {
  readonly convert: Convert
  readonly thumbhash: Thumbhash
  /** Call it when images will come: the thread starts while they are generated. */
  readonly prepare: () => void
}

/** All that decodes images: one image at a time, whatever for. */
export function createCodecs(): Codecs {
  const thread = createCodecThread()
  return {
    convert: createConverter(thread),
    thumbhash: createThumbhash(thread),
    prepare: () => thread.prepare('thumbhash-worker'),
  }
}
