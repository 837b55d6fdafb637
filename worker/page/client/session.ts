/** Kept until the tab is closed; never in a URL, and never for another origin. */
const KEY = 'easel-token'

const listeners = new Set<() => void>()

export function token(): string | undefined {
  return sessionStorage.getItem(KEY) ?? undefined
}

export function setToken(value: string | undefined): void {
  if (value === undefined) sessionStorage.removeItem(KEY)
  else sessionStorage.setItem(KEY, value)
  for (const listener of listeners) listener()
}

/** Calls `listener` whenever there is another token, or none any more. */
export function onToken(listener: () => void): void {
  listeners.add(listener)
}
