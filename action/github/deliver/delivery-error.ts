/** The images could not be delivered. The message says why, and what to change. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError'
}

/** The branch is not where it was a moment ago: look again. */
export class BranchMovedError extends Error {
  override readonly name = 'BranchMovedError'
}
