/** Base64 characters of the longest preview that is passed on: it is held whole, unlike an image. */
export const PREVIEW_MAX_CHARACTERS = 2 ** 22

/** Takes the previews that a model streams before its image, in the order in which they arrive. */
export interface PreviewSink {
  /** Asked before each preview: one that nobody wants is skipped. */
  isWanted(): boolean
  /** @param base64  as OpenRouter sent it: neither decoded nor checked */
  take(base64: string): void
}
