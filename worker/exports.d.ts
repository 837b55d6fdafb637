// Tells the types of `exports` from `cloudflare:workers` what the Worker's own entrypoints are.
declare namespace Cloudflare {
  interface GlobalProps {
    mainModule: typeof import('./index.ts')
  }
}
