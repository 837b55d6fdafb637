/** The response is not what its format promises: broken JSON, a broken event, an early end. */
export class ResponseSyntaxError extends Error {
  override readonly name = 'ResponseSyntaxError'
}
