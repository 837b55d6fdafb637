import type { EaselErrorCode } from '../../shared/errors.ts'
import { formatUsd } from '../../shared/format.ts'
import type { Manifest } from '../gallery/manifest.ts'
import type { CacheOutcome } from '../web/trace.ts'

export interface Failure {
  readonly title: string
  readonly detail: string
  readonly code: EaselErrorCode
  readonly field?: string | undefined
  readonly mayHaveBeenBilled: boolean
}

/** The images of a posted form, for browsers without script. */
export function ResultFigure({
  manifest: { images, model, cost_usd: costUsd, text },
  urls,
  cache,
  prompt,
}: {
  readonly manifest: Manifest
  readonly urls: readonly string[]
  readonly cache: CacheOutcome
  readonly prompt: string
}) {
  const price = costUsd === undefined ? 'an unknown amount' : formatUsd(costUsd)
  return (
    <>
      {urls.map((url, index) => {
        const { pathname, search } = new URL(url)
        const path = pathname + search
        const { width, height } = images[index] ?? {}
        return (
          <figure class="result">
            <img src={path} width={width} height={height} alt={prompt} />
            <figcaption>
              <a href={path}>{url}</a>
            </figcaption>
          </figure>
        )
      })}
      <p class="summary">
        {model}.{' '}
        {cache === 'miss'
          ? `Generated for ${price}.`
          : `Already cached: this request cost nothing (${price} once).`}
      </p>
      {text && <blockquote class="model-text">{text}</blockquote>}
    </>
  )
}

/** What went wrong, and what to do. */
export function FailureNote({
  failure: { title, detail, code, mayHaveBeenBilled },
}: {
  readonly failure: Failure
}) {
  return (
    <div class="failure" role="alert">
      <h2>{title}</h2>
      <p>{detail}</p>
      {mayHaveBeenBilled && (
        <p>It may have been billed. Check your OpenRouter activity before you try again.</p>
      )}
      <p class="code">{code}</p>
    </div>
  )
}
