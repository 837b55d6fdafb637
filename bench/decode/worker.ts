import { waysOf, type WayName } from './ways.ts'

const ways = waysOf({
  // From ES2026, which TypeScript's library doesn't have yet.
  fromText: (text) => (Uint8Array as unknown as { fromBase64(text: string): Uint8Array }).fromBase64(text),
})

/** `GET /?way=easel&bytes=…&times=…` decodes that many times and returns the decoded bytes; `way=nothing` does nothing. */
export default {
  async fetch(request: Request): Promise<Response> {
    const query = new URL(request.url).searchParams
    const way = query.get('way') ?? 'nothing'
    if (way === 'nothing') return new Response('0')
    let bytes = 0
    for (let times = Number(query.get('times') ?? 1); times > 0; times--) {
      bytes = await ways[way as WayName].decode(Number(query.get('bytes')))
    }
    return new Response(String(bytes))
  },
}
