import { Command, InvalidArgumentError, Option } from 'commander'
import { EXIT, print, printJson, printToStderr, type Terminal } from './terminal.ts'

interface SignOptions {
  readonly prompt?: string
  readonly set?: readonly string[]
  readonly expiresIn: number
  readonly json?: boolean
}

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const

/** Parameters that change how an image is delivered, not what is generated. */
const DELIVERY_PARAMETERS = ['w', 'format', 'q', 'index'] as const

/** `easel sign`: signs a URL, so that whoever opens it can generate this one image. */
export function signCommand(terminal: Terminal): Command {
  return new Command('sign')
    .summary('sign an image URL for your Worker')
    .description(
      'Signs an image URL of your Worker. Until it expires, anyone with the URL can generate and fetch this one image. Needs EASEL_SIGNING_KEYS (kid:secret,…) in the environment, with the same keys as the Worker. The first key signs.',
    )
    .argument('<url>', 'the image’s URL, such as https://img.example.com/image?prompt=A+lighthouse')
    .option('-p, --prompt <text>', 'set the prompt')
    .option('-s, --set <field=value...>', 'set other fields, such as aspect_ratio=16:9')
    .addOption(
      new Option('-e, --expires-in <time>', 'how long the URL is valid, such as 90s, 15m, 12h')
        .argParser(duration)
        .default(30 * SECONDS.d, '30d'),
    )
    .option('--json', 'print the URL and its expiry as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ easel sign 'https://img.example.com/image?prompt=A+lighthouse'
  $ easel sign https://img.example.com/image -p 'A lighthouse at dusk' -s aspect_ratio=16:9 w=800 -e 1d`,
    )
    .action((url: string, options: SignOptions) => act(terminal, url, options))
}

async function act(terminal: Terminal, text: string, options: SignOptions): Promise<void> {
  const [{ signUrl }, { parseSpecQuery }, { UsageError }] = await Promise.all([
    import('../../shared/url-signature.ts'),
    import('../../shared/spec/parse.ts'),
    import('../config/diagnostic.ts'),
  ])
  if (!URL.canParse(text)) throw new UsageError(`${text} is not a URL: start it with https://.`)
  const url = new URL(text)
  for (const [name, value] of fieldsOf(options)) url.searchParams.set(name, value)

  const spec = new URLSearchParams(url.searchParams)
  for (const name of [...DELIVERY_PARAMETERS, 'sig', 'exp', 'kid']) spec.delete(name)
  // An invalid spec could be signed, but the Worker would refuse it every time.
  if (url.pathname === '/image') parseSpecQuery(spec)

  const expires = new Date(Date.now() + options.expiresIn * 1000)
  const signed = await signUrl(url, signingKey(terminal.env['EASEL_SIGNING_KEYS'], UsageError), expires)
  if (options.json) printJson(terminal, { url: signed.href, expires: expires.toISOString() })
  else {
    print(terminal, [signed.href])
    printToStderr(terminal, [`Valid until ${expires.toISOString()}.`])
  }
  terminal.setExitCode(EXIT.done)
}

function fieldsOf({ prompt, set = [] }: SignOptions): [string, string][] {
  const fields = set.map((pair): [string, string] => {
    const [name = '', value = ''] = pair.split(/=(.*)/s, 2)
    return [name, value]
  })
  return [...(prompt === undefined ? [] : [['prompt', prompt] satisfies [string, string]]), ...fields]
}

function signingKey(
  variable: string | undefined,
  UsageError: new (message: string) => Error,
): { readonly kid: string; readonly secret: string } {
  const [first = ''] = (variable ?? '').split(',')
  const [kid = '', secret = ''] = first.trim().split(/:(.*)/s, 2)
  if (kid && secret) return { kid, secret }
  throw new UsageError(
    'EASEL_SIGNING_KEYS must hold kid:secret, such as main:…, with the same secret as the Worker. Create one with openssl rand -hex 32.',
  )
}

function duration(text: string): number {
  const match = /^(\d{1,6})([smhd])$/.exec(text)
  const unit = match?.[2] as keyof typeof SECONDS | undefined
  const seconds = unit ? Number(match?.[1]) * SECONDS[unit] : 0
  if (seconds >= 1 && seconds <= 3650 * SECONDS.d) return seconds
  throw new InvalidArgumentError('It must be a time such as 90s, 15m, 12h or 30d, at most 3650d.')
}
