interface Viewer {
  (options: Readonly<Record<string, unknown>>): void
}

// From the viewer's own script, which is loaded before this one.
const viewer = (globalThis as unknown as { readonly SwaggerUIBundle?: Viewer }).SwaggerUIBundle
viewer?.({
  url: '/openapi.json',
  dom_id: '#viewer',
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  filter: true,
  tryItOutEnabled: false,
  // Nothing is sent to a validator elsewhere, and no token is kept.
  validatorUrl: null,
  persistAuthorization: false,
})
