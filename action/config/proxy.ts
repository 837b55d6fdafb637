type Env = Readonly<Record<string, string | undefined>>

const VARIABLES = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'] as const

export function hasProxy(env: Env): boolean {
  return VARIABLES.some((name) => env[name])
}

/** Sends all requests of `fetch` through the proxy that the environment names, except those in `NO_PROXY`. */
export async function useProxy(env: Env): Promise<void> {
  if (!hasProxy(env)) return
  // It is CommonJS: a bundle has no other names of it.
  const { default: undici } = await import('undici')
  undici.setGlobalDispatcher(new undici.EnvHttpProxyAgent())
}
