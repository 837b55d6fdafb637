/** The images could not be delivered. The message says why, and what to change. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError'
}

/** The branch has moved since it was read: try again. */
export class BranchMovedError extends Error {
  override readonly name = 'BranchMovedError'
}
