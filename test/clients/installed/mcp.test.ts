import { imageSize } from 'image-size'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bearer, CREDENTIALS, type RunningEasel, startEasel, TOKENS } from '../../support/worker/easel.ts'
import { CLIENTS_INSTALLED, NEEDS_CLIENTS } from './packages.ts'

const GEMINI = 'google/gemini-3.1-flash-image'

describe.skipIf(!CLIENTS_INSTALLED)(`MCP (${NEEDS_CLIENTS})`, () => {
  let mcp: typeof import('@modelcontextprotocol/client')
  let easel: RunningEasel

  beforeAll(async () => {
    mcp = await import('@modelcontextprotocol/client')
    easel = await startEasel({ vars: { ...CREDENTIALS, EASEL_ACCESS: 'signed' } })
  })

  afterAll(() => easel.close())

  const connect = async (
    mode: 'auto' | 'legacy',
    token: string = TOKENS.docs,
  ): Promise<import('@modelcontextprotocol/client').Client> => {
    const client = new mcp.Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } })
    const transport = new mcp.StreamableHTTPClientTransport(new URL('/mcp', easel.url), {
      requestInit: token ? bearer(token) : {},
    })
    await client.connect(transport)
    return client
  }

  describe.each(['auto', 'legacy'] as const)('the official MCP client (%s)', (mode) => {
    it('lists four tools, whose arguments are the spec’s fields', async () => {
      const client = await connect(mode)
      const { tools } = await client.listTools()
      expect(tools.map(({ name }) => name).toSorted()).toEqual([
        'estimate_cost',
        'find_images',
        'generate_image',
        'list_models',
      ])
      const generate = tools.find(({ name }) => name === 'generate_image')
      expect(Object.keys(generate?.inputSchema.properties ?? {})).toEqual(
        expect.arrayContaining(['prompt', 'model', 'aspect_ratio', 'input_images', 'take', 'preview']),
      )
      await client.close()
    })

    it('generates an image once, told of the progress, and gets a link instead of its bytes', async () => {
      const prompt = `A lighthouse over MCP, ${mode}`
      const client = await connect(mode)
      const progress: unknown[] = []
      const call = { name: 'generate_image', arguments: { prompt, model: GEMINI } }
      const first = await client.callTool(call, { onprogress: (update) => progress.push(update) })
      const again = await client.callTool(call)

      const [link, text, ...others] = first.content
      expect(link).toMatchObject({
        type: 'resource_link',
        uri: expect.stringMatching(/\/i\/[0-9a-f]{64}\.png$/),
        mimeType: 'image/png',
        size: expect.any(Number),
        description: expect.stringContaining('1024×1024'),
      })
      expect(text).toMatchObject({ type: 'text', text: expect.stringMatching(/for \$0\.\d+/) })
      expect(others).toEqual([])
      expect(JSON.stringify(first).length).toBeLessThan(3000)
      expect(again.structuredContent).toMatchObject({ cache: 'hit' })
      expect(progress).toContainEqual(expect.objectContaining({ message: `Generating with ${GEMINI}` }))
      const image = await fetch((link as { uri: string }).uri)
      expect(imageSize(new Uint8Array(await image.arrayBuffer()))).toMatchObject({ width: 1024 })
      expect(easel.generations(prompt)).toHaveLength(1)
      await client.close()
    })

    it('shows a small copy on request', async () => {
      const client = await connect(mode)
      const args = { prompt: 'A small copy', preview: true }
      const { content } = await client.callTool({ name: 'generate_image', arguments: args })
      const copy = content.find(({ type }) => type === 'image') as { data: string } | undefined
      const bytes = Buffer.from(copy?.data ?? '', 'base64')
      expect(bytes.length).toBeLessThan(100_000)
      expect(imageSize(bytes)).toMatchObject({ type: 'webp', width: 320 })
      await client.close()
    })

    it('estimates without paying, and finds images and models', async () => {
      const client = await connect(mode)
      const call = (name: string, args: Record<string, unknown> = {}) =>
        client.callTool({ name, arguments: args }).then(({ structuredContent }) => structuredContent)

      expect(await call('estimate_cost', { prompt: `An estimate, ${mode}` })).toMatchObject({
        cached: false,
        estimate_usd: expect.any(Number),
      })
      expect(easel.generations('An estimate')).toHaveLength(0)
      await call('generate_image', { prompt: 'A heron to be found' })
      expect(await call('find_images', { q: 'HERON' })).toMatchObject({
        images: [{ prompt: 'A heron to be found', cost_usd: expect.any(Number) }],
      })
      expect(await call('list_models')).toMatchObject({
        models: expect.arrayContaining([expect.objectContaining({ id: GEMINI })]),
      })
      await client.close()
    })

    it.each([
      ['generate_image', { prompt: 'Refused over MCP', ratio: '1:1' }, /ratio is not a field/],
      ['generate_image', {}, /prompt is missing/],
      ['generate_image', { prompt: 'Refused over MCP', aspect_ratio: '9:1' }, /accepts 1:1/],
      ['generate_image', { prompt: 'Refused over MCP', model: 'openai/gpt-4o' }, /no image model/],
      ['generate_image', { prompt: 'Refused over MCP', preview: 'yes' }, /true or false/],
      ['estimate_cost', { prompt: 7 }, /prompt is 7/],
      ['find_images', { color: 'red' }, /color is not a parameter/],
      ['find_images', { cursor: 'nowhere' }, /cursor/],
    ])('gets a sentence for wrong arguments of %s, and nothing is paid', async (name, args, sentence) => {
      const client = await connect(mode)
      const { isError, content } = await client.callTool({ name, arguments: args })
      expect({ isError, text: (content[0] as { text: string }).text }).toEqual({
        isError: true,
        text: expect.stringMatching(sentence),
      })
      expect(easel.generations('Refused over MCP')).toHaveLength(0)
      await client.close()
    })

    it('does not get in without a token', async () => {
      await expect(connect(mode, '')).rejects.toThrow(/./)
    })
  })
})
