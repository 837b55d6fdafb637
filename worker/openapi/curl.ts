import type { Parameter } from './parts.ts'

/** A request to show as a command. */
export interface Sample {
  readonly method: string
  readonly path: string
  readonly parameters?: readonly Parameter[]
  readonly body?: object
  /** Fields of a form; `@name` for a file. */
  readonly form?: Readonly<Record<string, unknown>>
  /** Whether it works without a token. */
  readonly isPublic?: boolean
  /** The file for a response that a terminal can't show. */
  readonly saveAs?: string
}

/** A command to paste, once `EASEL` and `EASEL_TOKEN` are set. */
export function curl({ method, path, parameters = [], body, form, isPublic, saveAs }: Sample): string {
  const shown = parameters.filter(({ example }) => example !== undefined)
  const filled = shown
    .filter((parameter) => parameter.in === 'path')
    .reduce((rest, { name, example }) => rest.replace(`{${name}}`, String(example)), path)
  const query = shown
    .filter((parameter) => parameter.in === 'query')
    .map(({ name, example = '' }) => `${name}=${encodeURIComponent(example).replaceAll('%20', '+')}`)
  const json = body && JSON.stringify(body, null, 2).replaceAll("'", String.raw`'\''`)
  return [
    'curl --fail-with-body',
    method !== 'GET' && !body && !form && `-X ${method}`,
    `"$EASEL${[filled, query.join('&')].filter(Boolean).join('?')}"`,
    !isPublic && '-H "Authorization: Bearer $EASEL_TOKEN"',
    ...shown
      .filter((parameter) => parameter.in === 'header')
      .map(({ name, example }) => `-H '${name}: ${example}'`),
    ...Object.entries(form ?? {}).map(([name, value]) => `-F '${name}=${String(value)}'`),
    json && `-H 'Content-Type: application/json' -d '${json}'`,
    saveAs && `-o ${saveAs}`,
  ]
    .filter(Boolean)
    .join(' ')
}
