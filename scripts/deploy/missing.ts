/** Something without which the Worker can't be deployed, or wouldn't work. */
export interface Missing {
  /** One sentence. */
  readonly problem: string
  /** What to run, or where to click. */
  readonly remedy: string
}
