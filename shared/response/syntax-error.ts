/** The answer is not what its format says: broken JSON, a broken event, an early end. */
export class AnswerSyntaxError extends Error {
  override readonly name = 'AnswerSyntaxError'
}
