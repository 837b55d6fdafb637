type Env = Readonly<Record<string, string | undefined>>

/** Never reached through a proxy, as GitHub's toolkit has it. */
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]']

/** Whether any request goes through a proxy. */
export function hasProxy(env: Env): boolean {
  return proxiesIn(env) !== undefined
}

/** Sends all requests of `fetch` through the proxy that the environment names, except those in `NO_PROXY`. */
export async function useProxy(env: Env): Promise<void> {
  const proxies = proxiesIn(env)
  if (!proxies) return
  // It is CommonJS: a bundle has no other names of it.
  const { default: undici } = await import('undici')
  undici.setGlobalDispatcher(new undici.EnvHttpProxyAgent(proxies))
}

function proxiesIn(env: Env) {
  const [httpProxy, httpsProxy] = [proxyIn(env, 'http_proxy'), proxyIn(env, 'https_proxy')]
  const excepted = (valueIn(env, 'no_proxy') ?? '').split(/[\s,]+/)
  if ((httpProxy ?? httpsProxy) === undefined || excepted.includes('*')) return undefined
  // Whatever is undefined, undici would read from the environment itself.
  return {
    httpProxy: httpProxy ?? '',
    httpsProxy: httpsProxy ?? '',
    noProxy: [...LOOPBACK, ...excepted].filter(Boolean).join(','),
  }
}

/** A URL. Many leave out its scheme. */
function proxyIn(env: Env, name: string): string | undefined {
  const value = valueIn(env, name)
  return value === undefined || value.includes('://') ? value : `http://${value}`
}

/** Of a variable in lower case, or in upper case. An empty one counts as missing. */
function valueIn(env: Env, name: string): string | undefined {
  return env[name] || env[name.toUpperCase()] || undefined
}
