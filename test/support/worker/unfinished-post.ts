import { request } from 'node:http'

export interface EarlyResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/**
 * Announces a body, sends its beginning and waits for the response without ever sending the rest: whoever reads the
 * body to its end never responds.
 */
export function unfinishedPost(
  url: URL,
  { bytes, headers = {} }: { readonly bytes: number; readonly headers?: Readonly<Record<string, string>> },
): Promise<EarlyResponse> {
  return new Promise((resolve, reject) => {
    const post = request(url, {
      method: 'POST',
      agent: false,
      headers: { 'Content-Type': 'application/json', 'Content-Length': String(bytes), ...headers },
    })
    post.once('error', reject)
    post.once('response', (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        body += chunk
      })
      response.once('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body })
        post.destroy()
      })
    })
    post.write(`[${'{},'.repeat(1000)}`)
  })
}
