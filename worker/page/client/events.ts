export interface ServerEvent {
  readonly event: string
  readonly data: unknown
}

/** The events of a response, with their data as JSON. */
export async function* readEvents({ body }: Response): AsyncGenerator<ServerEvent> {
  if (!body) return
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    const blocks = (rest + value).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const found = parse(block)
      if (found) yield found
    }
  }
}

/** `undefined` for comments. */
function parse(block: string): ServerEvent | undefined {
  let event = 'message'
  let data = ''
  for (const line of block.split('\n')) {
    if (line.startsWith('event: ')) event = line.slice(7)
    else if (line.startsWith('data: ')) data += line.slice(6)
  }
  return data === '' ? undefined : { event, data: JSON.parse(data) as unknown }
}
