/** The parts of OpenRouter's responses that tests look at. */
export interface ChatResponse {
  readonly choices: readonly {
    readonly message?: { readonly images?: readonly Image[]; readonly content?: string }
  }[]
  readonly usage?: Usage
}

export interface ImagesResponse {
  readonly data: readonly { readonly b64_json: string; readonly media_type: string }[]
  readonly usage?: Usage
}

/** An event of either API. */
export interface WireEvent {
  readonly type?: string
  readonly b64_json?: string
  readonly error?: { readonly code: number | string; readonly message: string }
  readonly choices?: readonly {
    readonly delta?: { readonly images?: readonly Image[]; readonly content?: string }
    readonly finish_reason: string | null
  }[]
  readonly usage?: Usage
}

interface Image {
  readonly image_url: { readonly url: string }
}

interface Usage {
  readonly cost?: number
}

/** Server-sent events, read strictly: lines that the format doesn't have fail. */
export async function eventsOf(
  response: Response,
): Promise<{ readonly events: readonly WireEvent[]; readonly comments: number; readonly done: boolean }> {
  const blocks = (await response.text()).split('\n\n')
  if (blocks.pop() !== '') throw new Error('the stream breaks off within an event')
  const data = blocks.filter((block) => !block.startsWith(':'))
  if (data.some((block) => !/^data: [^\n]*$/.test(block))) throw new Error('not an event')
  const texts = data.map((block) => block.slice('data: '.length))
  return {
    events: texts.filter((text) => text !== '[DONE]').map((text) => JSON.parse(text) as WireEvent),
    comments: blocks.length - data.length,
    done: texts.at(-1) === '[DONE]',
  }
}

/** The bytes of a `data:` URL. */
export function imageOf(url = ''): Buffer {
  return Buffer.from(url.slice(url.indexOf(',') + 1), 'base64')
}
