import assets from 'page-assets'
import type { Child } from 'hono/jsx'

export interface DocumentProps {
  readonly title: string
  /** What the script needs to know. */
  readonly config?: object
  readonly children?: Child
}

export const VIEWS = ['playground', 'gallery', 'spend'] as const
export type View = (typeof VIEWS)[number]

const VIEW_NAMES = { playground: 'Playground', gallery: 'Gallery', spend: 'Spend' } as const satisfies Record<
  View,
  string
>

/** A whole HTML page with the header that all views share. */
export function Document({ title, config, view, children }: DocumentProps & { readonly view: View }) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>{title}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="description" content="Turn a prompt into a permanent image URL." />
        <link rel="icon" href={assets.icon} type="image/svg+xml" />
        <link rel="stylesheet" href={assets.style} />
        <script type="module" src={assets.script}></script>
      </head>
      <body data-config={JSON.stringify(config)} data-view={view}>
        <a class="skip" href="#main">
          Skip to content
        </a>
        <header class="top">
          <a class="brand" href="/" aria-label="Easel, playground">
            <Logo />
            Easel
          </a>
          <nav class="views" aria-label="Views">
            {VIEWS.map((name) => (
              <a
                href={name === 'playground' ? '/' : `/?view=${name}`}
                data-view-link={name}
                aria-current={name === view ? 'page' : undefined}
              >
                {VIEW_NAMES[name]}
              </a>
            ))}
            <a href="/docs">API</a>
          </nav>
          <button type="button" class="quiet" id="access" hidden>
            Add token
          </button>
        </header>
        {children}
        <div class="visually-hidden" role="status" id="status"></div>
      </body>
    </html>
  )
}

function Logo() {
  return (
    <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" class="logo">
      <path d="M12 2.5v3M6 21.5l3.6-5.5M18 21.5 14.4 16M12 16v5.5" />
      <rect x="4" y="5.5" width="16" height="10.5" rx="1" />
    </svg>
  )
}
