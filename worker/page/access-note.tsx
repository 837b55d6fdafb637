import type { AccessMode } from '../settings.ts'

export interface AccessFacts {
  readonly mode: AccessMode
  readonly isEmulated: boolean
  /** USD; `Infinity` for none. */
  readonly dailyBudgetUsd: number
  readonly maxCostUsd: number
}

const MODES = {
  open: 'Anyone who can open this page can generate. The limits below hold for everybody together.',
  signed: 'Everyone can view what is cached. Generating takes a token, or a signed URL.',
  listed: 'Everyone can view what is cached, and generate what easel.yml lists. Anything else takes a token.',
  private: 'Viewing and generating take a token, or a signed URL.',
} as const satisfies Record<AccessMode, string>

/** What the first screen says in the place of an image: what this is, who may generate, and up to which cost. */
export function AccessNote({ mode, isEmulated, dailyBudgetUsd, maxCostUsd }: AccessFacts) {
  return (
    <div class="welcome" id="welcome">
      <h2>Turn a prompt into a permanent image URL</h2>
      <p>
        Describe an image. Easel generates it once, keeps it, and serves it from the edge. The same
        description never costs a second cent.
      </p>
      <dl class="plain">
        <div>
          <dt>Access: {mode}</dt>
          <dd>{MODES[mode]}</dd>
        </div>
        <div>
          <dt>Limits</dt>
          <dd>
            {isEmulated
              ? 'Nothing costs money here. The limits work as they would: '
              : 'Nothing is generated beyond '}
            {Number.isFinite(dailyBudgetUsd) && `$${dailyBudgetUsd} a day, and `}
            {`$${maxCostUsd} for one request.`}
          </dd>
        </div>
      </dl>
    </div>
  )
}
