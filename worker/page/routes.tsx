import { type Context, Hono } from 'hono'
import { html } from 'hono/html'
import { bundledSnapshot } from '../../shared/catalogue/snapshot.ts'
import type { AppPorts } from '../routes/ports.ts'
import { notFound } from '../web/not-found.ts'
import type { AppEnv } from '../web/trace.ts'
import { type AccessFacts, AccessNote } from './access-note.tsx'
import { ApiDocs } from './api-docs.tsx'
import { Document, type View, VIEWS } from './document.tsx'
import { pageHeaders } from './headers.ts'
import { type FormValues, type ModelOption, Playground } from './playground.tsx'
import { createGenerateForm, type FormOutcome, readForm } from './posted-form.ts'
import { FailureNote, ResultFigure } from './result.tsx'

/** By the end of the name. */
const ASSET_TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
}

/**
 * The page at `/`, which anyone may see: it holds no data. Its script reads and generates through the API, with the
 * visitor's token. Without script, the form posts here.
 */
export function pageRoutes(ports: AppPorts): Hono<AppEnv> {
  const { config, settings } = ports
  const generate = createGenerateForm(ports)
  const facts: AccessFacts = {
    mode: settings.access,
    isEmulated: settings.emulated,
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

  app.get('/assets/:name', async (c) => {
    // Imported on request: it is large, and start-up must not wait for it.
    const { default: files } = await import('page-files')
    const text = Object.hasOwn(files, c.req.path) ? files[c.req.path] : undefined
    if (text === undefined) throw notFound('There is no such file. The page has been updated: reload it.')
    return c.body(text, 200, {
      'Content-Type': ASSET_TYPES[/[^.]+$/.exec(c.req.path)?.[0] ?? ''] ?? 'text/plain; charset=utf-8',
      'Cache-Control': 'public, max-age=31536000, immutable',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'X-Content-Type-Options': 'nosniff',
    })
  })

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
          mode: facts.mode,
          isEmulated: facts.isEmulated,
          defaultModel: settings.defaultModel,
          widths: settings.widths,
          allowedModels: settings.allowedModels,
        }}
      >
        {facts.isEmulated && (
          <aside class="emulated" aria-label="Emulator">
            Images come from the offline emulator and cost nothing.
          </aside>
        )}
        <main id="main" tabindex={-1}>
          <section
            id="playground"
            class="view playground"
            aria-label="Playground"
            hidden={view !== 'playground'}
          >
            <h1 class="visually-hidden">Playground</h1>
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
              {outcome?.manifest && <ResultFigure {...outcome} prompt={values['prompt'] ?? ''} />}
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
