import assets from 'page-assets'

/** Swagger UI, self-hosted, for `/openapi.json`. It works under the page's policy: no inline script, no eval. */
export function ApiDocs() {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>Easel API</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <link rel="icon" href={assets.icon} type="image/svg+xml" />
        <link rel="stylesheet" href={assets.viewerStyle} />
        <link rel="stylesheet" href={assets.docsStyle} />
        <script defer src={assets.viewerScript}></script>
        <script type="module" src={assets.docsScript}></script>
      </head>
      <body>
        <nav class="back" aria-label="Easel">
          <a href="/">← Playground</a>
          <a href="/openapi.json">openapi.json</a>
        </nav>
        <main id="viewer">
          <noscript>The viewer needs JavaScript. The document itself is openapi.json.</noscript>
        </main>
      </body>
    </html>
  )
}
