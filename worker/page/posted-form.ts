import type { Context } from 'hono'
import { EaselError } from '../../shared/errors.ts'
import { fingerprint as fingerprintOf } from '../../shared/fingerprint.ts'
import { toProblem } from '../../shared/problem.ts'
import { parseSpecInput } from '../../shared/spec/parse.ts'
import { SMALL_BODY } from '../access/body-limit.ts'
import type { Manifest } from '../gallery/manifest.ts'
import { createFlow } from '../routes/find-or-generate.ts'
import { imageAddress } from '../routes/image-address.ts'
import type { AppPorts } from '../routes/ports.ts'
import type { AppEnv, CacheOutcome } from '../web/trace.ts'
import { specOfForm } from './form-fields.ts'
import type { FormValues } from './playground.tsx'
import type { Failure } from './result.tsx'

/** The status of a page that says what went wrong. */
export type FailureStatus =
  | 400
  | 401
  | 402
  | 403
  | 404
  | 410
  | 413
  | 415
  | 422
  | 424
  | 429
  | 500
  | 502
  | 503
  | 504

/** What a posted form came to. */
export type FormOutcome =
  | {
      readonly manifest: Manifest
      /** Of its images; signed where nobody sees images without a credential. */
      readonly urls: readonly string[]
      readonly cache: CacheOutcome
      readonly failure?: undefined
    }
  | { readonly failure: Failure; readonly status: FailureStatus; readonly manifest?: undefined }

/** Generates what a posted form describes. Never throws: the page shows what went wrong. */
export type GenerateForm = (c: Context<AppEnv>, form: FormValues) => Promise<FormOutcome>

export function createGenerateForm(ports: AppPorts): GenerateForm {
  const { access, config, settings, store } = ports
  const { findOrGenerate } = createFlow(ports)
  return async (c, form) => {
    try {
      refuseOtherSites(c.req.raw)
      const caller = await access.toPost(withToken(c.req.raw, form['token']))
      const spec = config.resolve(parseSpecInput(specOfForm(Object.entries(form))))
      const fingerprint = await fingerprintOf(spec)
      return await findOrGenerate<FormOutcome>(c, {
        requested: { spec, fingerprint },
        caller,
        async find(cache, generated) {
          const complete = generated?.manifest ? undefined : await store.complete(fingerprint)
          await complete?.first.body.cancel()
          const manifest = generated?.manifest ?? complete?.manifest
          return manifest && { manifest, urls: await addressesOf(manifest, c.req.url), cache }
        },
        costUsd: ({ manifest }) => manifest?.cost_usd,
      })
    } catch (error) {
      return failed(error)
    }
  }

  function addressesOf({ fingerprint, images }: Manifest, base: string): Promise<string[]> {
    const addressed = images.map(({ media_type: mediaType }, index) => ({ fingerprint, index, mediaType }))
    return Promise.all(addressed.map((image) => imageAddress(image, base, settings)))
  }
}

/** @throws {EaselError} `payload_too_large` */
export async function readForm({ req }: Context<AppEnv>): Promise<FormValues> {
  if (Number(req.header('Content-Length') ?? Infinity) > SMALL_BODY.bytes) {
    throw new EaselError(
      'payload_too_large',
      `A form holds at most ${SMALL_BODY.name}: link to input images.`,
    )
  }
  const body = await req.parseBody().catch(() => ({}))
  return Object.fromEntries(
    Object.entries(body).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}

/** The token of a form counts like one in a header. */
function withToken({ url, headers: sent }: Request, token: string | undefined): Request {
  const headers = new Headers(sent)
  if (token) headers.set('Authorization', `Bearer ${token}`)
  return new Request(url, { method: 'POST', headers })
}

/**
 * In `open` mode nothing else would keep another site's form from spending.
 *
 * @throws {EaselError} `forbidden`
 */
function refuseOtherSites({ url, headers }: Request): void {
  const origin = headers.get('Origin')
  const site = headers.get('Sec-Fetch-Site')
  // Browsers that don't send `Sec-Fetch-Site` send `Origin`. Other programs send neither, and no site controls them.
  const isOwn = site === null ? origin === null || origin === new URL(url).origin : !site.includes('-site')
  if (!isOwn) throw new EaselError('forbidden', 'This form was sent by another site. Send it from this page.')
}

function failed(error: unknown): FormOutcome {
  if (!(error instanceof EaselError)) console.error(error)
  const { status, title, detail, code, field, may_have_been_billed: mayHaveBeenBilled } = toProblem(error)
  return {
    status: status as FailureStatus,
    failure: {
      title,
      detail,
      code,
      // `input_images[1]` is about the field of the form.
      field: typeof field === 'string' ? field.replace(/[[.].*$/, '') : undefined,
      mayHaveBeenBilled: mayHaveBeenBilled === true,
    },
  }
}
