/**
 * One image can't be used; the images beside it are unaffected. The message completes the sentence “Image 2
 * is broken: …”.
 */
export class BrokenImageError extends Error {
  override readonly name = 'BrokenImageError'
}
