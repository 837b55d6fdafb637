import { askJson, json } from './api.ts'
import { config } from './config.ts'
import { type Child, h } from './dom.ts'

/** Seconds: of a link on this page, which is there to be clicked now. */
const LINK_EXPIRES_IN = 3600

/** Seconds: of what is pasted elsewhere. */
export const PASTED_EXPIRES_IN = 604_800

export interface Signed {
  readonly url: string
  /** ISO 8601. */
  readonly expires: string
}

/** @throws {ProblemError} */
export function signed(
  what: { readonly spec: object } | { readonly url: string },
  seconds: number,
): Promise<Signed> {
  return askJson<Signed>('/v1/sign', json({ ...what, expires_in: seconds }))
}

/** A link to an image. In `private` mode it is signed, as a browser that follows it sends no token. */
export function imageLink(
  url: string,
  attributes: NonNullable<Parameters<typeof h>[1]>,
  ...children: readonly Child[]
): HTMLAnchorElement {
  const link = h('a', { href: new URL(url).pathname, ...attributes }, ...children)
  if (config.mode === 'private')
    signed({ url }, LINK_EXPIRES_IN).then(
      (address) => (link.href = address.url),
      () => link.removeAttribute('href'),
    )
  return link
}
