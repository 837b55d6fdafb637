/** The images could not be delivered. The message says why, and what to change. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError'
}

/** The branch has moved since it was read: try again. */
export class BranchMovedError extends Error {
  override readonly name = 'BranchMovedError'
}

/** The HTTP status of an error response; `undefined` for any other error. */
export function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('status' in error)) return undefined
  // For a failed connection, Octokit throws an error with status 500.
  return typeof error.status === 'number' && 'response' in error && error.response ? error.status : undefined
}
