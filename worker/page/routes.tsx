import { type Context, Hono } from 'hono'
import { html } from 'hono/html'
import { bundledSnapshot } from '../../shared/catalogue/snapshot.ts'
import { EaselError } from '../../shared/errors.ts'
import { fingerprint as fingerprintOf } from '../../shared/fingerprint.ts'
import { toProblem } from '../../shared/problem.ts'
import { parseSpecInput } from '../../shared/spec/parse.ts'
import { SMALL_BODY } from '../access/body-limit.ts'
import type { Manifest } from '../gallery/manifest.ts'
import { createFlow } from '../routes/find-or-generate.ts'
import type { AppPorts } from '../routes/ports.ts'
import { isEmulated } from '../settings.ts'
import type { AppEnv, CacheOutcome } from '../web/trace.ts'
import { type AccessFacts, AccessNote } from './access-note.tsx'
import { ApiDocs } from './api-docs.tsx'
import { Document, type View, VIEWS } from './document.tsx'
import { specOfForm } from './form-fields.ts'
import { pageHeaders } from './headers.ts'
import { type FormValues, type ModelOption, Playground } from './playground.tsx'
import { type Failure, FailureNote, ResultFigure } from './result.tsx'

type HtmlStatus =
  | 200
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
type FormOutcome =
  | { readonly manifest: Manifest; readonly cache: CacheOutcome; readonly failure?: undefined }
  | { readonly failure: Failure; readonly status: HtmlStatus; readonly manifest?: undefined }

/**
 * The page at `/`, which anyone may see: it holds no data. Its script reads and generates through the API, with the
 * visitor's token. Without script, the form posts here.
 */
export function pageRoutes(ports: AppPorts): Hono<AppEnv> {
  const { access, config, settings, store } = ports
  const { findOrGenerate } = createFlow(ports)
  const facts: AccessFacts = {
    mode: settings.access,
    isEmulated: isEmulated(settings.openRouter.baseUrl),
    dailyBudgetUsd: settings.dailyBudgetUsd,
    maxCostUsd: settings.maxCostUsd,
  }
  const app = new Hono<AppEnv>()

  app.get('/', (c) => {
    const query = new URL(c.req.url).searchParams
    const view = VIEWS.find((name) => name === query.get('view')) ?? 'playground'
    return page(c, view, view === 'playground' ? Object.fromEntries(query) : {})
  })

  app.post('/', async (c) => {
    const form = await readForm(c)
    const outcome = await generate(c, form)
    return page(c, 'playground', form, outcome)
  })

  app.get('/docs', (c) => c.html(html`<!doctype html>${<ApiDocs />}`, 200, pageHeaders(true)))

  return app

  function page(
    c: Context<AppEnv>,
    view: View,
    values: FormValues,
    outcome?: FormOutcome,
  ): Response | Promise<Response> {
    const isOpen = settings.access === 'open'
    const body = (
      <Document
        title="Easel"
        view={view}
        config={{
          ...facts,
          defaultModel: settings.defaultModel,
          widths: settings.widths,
          allowedModels: settings.allowedModels,
        }}
      >
        {facts.isEmulated && (
          <p class="emulated" id="emulated">
            Images come from the offline emulator and cost nothing.
          </p>
        )}
        <main id="main" tabindex={-1}>
          <section
            id="playground"
            class="view playground"
            aria-label="Playground"
            hidden={view !== 'playground'}
          >
            <Playground
              models={modelOptions(settings.allowedModels)}
              defaultModel={settings.defaultModel}
              presets={config.presetNames}
              values={values}
              problem={
                outcome?.failure?.field === undefined
                  ? undefined
                  : { field: outcome.failure.field, detail: outcome.failure.detail }
              }
              needsToken={!isOpen}
            />
            <div class="stage" id="stage">
              {outcome?.manifest && (
                <ResultFigure {...outcome} prompt={values['prompt'] ?? ''} base={c.req.url} />
              )}
              {outcome?.failure && <FailureNote failure={outcome.failure} />}
              {!outcome && <AccessNote {...facts} />}
            </div>
          </section>
          <section id="gallery" class="view" aria-label="Gallery" hidden={view !== 'gallery'}>
            <NeedsScript />
          </section>
          <section id="spend" class="view" aria-label="Spend" hidden={view !== 'spend'}>
            <NeedsScript />
          </section>
        </main>
      </Document>
    )
    return c.html(html`<!doctype html>${body}`, outcome?.failure ? outcome.status : 200, pageHeaders())
  }

  async function generate(c: Context<AppEnv>, form: FormValues): Promise<FormOutcome> {
    try {
      const request = withToken(c.req.raw, form['token'])
      refuseOtherSites(c.req.raw)
      const caller = await access.toPost(request)
      const spec = config.resolve(parseSpecInput(specOfForm(Object.entries(form))))
      const fingerprint = await fingerprintOf(spec)
      return await findOrGenerate<FormOutcome>(c, {
        requested: { spec, fingerprint },
        caller,
        async find(cache, generated) {
          const complete = generated?.manifest ? undefined : await store.complete(fingerprint)
          await complete?.first.body.cancel()
          const manifest = generated?.manifest ?? complete?.manifest
          return manifest && { manifest, cache }
        },
      })
    } catch (error) {
      if (!(error instanceof EaselError)) console.error(error)
      const { status, title, detail, code, field, ...rest } = toProblem(error)
      return {
        status: status as HtmlStatus,
        failure: {
          title,
          detail,
          code,
          field: typeof field === 'string' ? field.replace(/\[.*$/, '') : undefined,
          mayHaveBeenBilled: rest['may_have_been_billed'] === true,
        },
      }
    }
  }
}

/** @throws {EaselError} `payload_too_large` */
async function readForm(c: Context<AppEnv>): Promise<FormValues> {
  if (Number(c.req.header('Content-Length') ?? Infinity) > SMALL_BODY.bytes) {
    throw new EaselError(
      'payload_too_large',
      `A form holds at most ${SMALL_BODY.name}: link to input images.`,
    )
  }
  const body = await c.req.parseBody().catch(() => ({}))
  return Object.fromEntries(
    Object.entries(body).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}

/** The token of a form counts like one in a header. */
function withToken(request: Request, token: string | undefined): Request {
  if (!token) return new Request(request.url, { method: 'POST', headers: request.headers })
  const headers = new Headers(request.headers)
  headers.set('Authorization', `Bearer ${token}`)
  return new Request(request.url, { method: 'POST', headers })
}

/**
 * In `open` mode nothing else would keep another site's form from spending.
 *
 * @throws {EaselError} `forbidden`
 */
function refuseOtherSites({ url, headers }: Request): void {
  const origin = headers.get('Origin')
  // `null`: the page's own, since its referrer policy hides where the form came from.
  const isOwn = origin === null || origin === new URL(url).origin
  const site = headers.get('Sec-Fetch-Site') ?? (isOwn ? 'same-origin' : 'cross-site')
  if (site === 'same-origin' || site === 'none') return
  throw new EaselError('forbidden', 'This form was sent by another site. Send it from this page.')
}

/** The models of the list that ships with Easel: reading the live one would keep the page waiting. */
function modelOptions(allowed: readonly string[]): ModelOption[] {
  return bundledSnapshot()
    .models.filter(
      ({ id }) => allowed.length === 0 || allowed.includes(id) || allowed.includes(`${id.split('/')[0]}/*`),
    )
    .map(({ id, name }) => ({ id, name }))
}

function NeedsScript() {
  return (
    <noscript>
      <p class="empty">This view needs JavaScript. The playground works without.</p>
    </noscript>
  )
}
