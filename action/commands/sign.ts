import { Command, InvalidArgumentError, Option } from 'commander'
import type { SigningKey } from '../../shared/url-signature.ts'
import { EXIT, print, printJson, printToStderr, type Terminal } from './terminal.ts'

interface SignOptions {
  readonly prompt?: string
  readonly set?: readonly string[]
  readonly expiresIn: number
  readonly json?: boolean
}

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const

/** `easel sign`: signs a URL, so that whoever opens it can generate this one image. */
export function signCommand(terminal: Terminal): Command {
  return new Command('sign')
    .summary('sign an image URL for your Worker')
    .description(
      'Signs an image URL of your Worker. Until it expires, anyone with the URL can generate and fetch this one image. Needs EASEL_SIGNING_KEYS (kid:secret,…) in the environment, with the same keys as the Worker. The first key signs. Refuses URLs that the Worker would refuse.',
    )
    .argument('<url>', 'the image’s URL, such as https://img.example.com/image?prompt=A+lighthouse')
    .option('-p, --prompt <text>', 'set the prompt')
    .option(
      '-s, --set <field=value...>',
      'set other fields, such as aspect_ratio=16:9; repeat input_images for several',
    )
    .addOption(
      new Option('-e, --expires-in <time>', 'how long the URL is valid, such as 90s, 15m, 12h')
        .argParser(duration)
        .default(7 * SECONDS.d, '7d'),
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
  const [{ signImageUrl }, { UsageError }, key] = await Promise.all([
    import('../../shared/sign-image-url.ts'),
    import('../config/diagnostic.ts'),
    readSigningKey(terminal.env['EASEL_SIGNING_KEYS']),
  ])
  if (!URL.canParse(text))
    throw new UsageError(
      `${text === '' ? 'The URL is empty' : `${text} is not a URL`}: start it with https://.`,
    )
  const unsigned = withFields(new URL(text), fieldsOf(options))
  const describesNothing = !unsigned.searchParams.has('prompt') && !unsigned.searchParams.has('preset')
  if (unsigned.pathname === '/image' && describesNothing)
    throw new UsageError('prompt is missing: add --prompt, or ?prompt=… to the URL.')
  const { url, expires } = await signImageUrl(unsigned, key, options.expiresIn)
  if (options.json) printJson(terminal, { url: url.href, expires: expires.toISOString() })
  else {
    print(terminal, [url.href])
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

/** Replaces the fields that are set; a field that is set several times becomes a list. */
function withFields(url: URL, fields: readonly (readonly [name: string, value: string])[]): URL {
  const changed = new URL(url)
  for (const [name] of fields) changed.searchParams.delete(name)
  for (const [name, value] of fields) changed.searchParams.append(name, value)
  return changed
}

/** The first of the Worker's signing keys, checked as the Worker checks them. */
async function readSigningKey(variable = ''): Promise<SigningKey> {
  const [{ namedSecretsProblem, parseNamedSecrets }, { UsageError }] = await Promise.all([
    import('../../shared/named-secrets.ts'),
    import('../config/diagnostic.ts'),
  ])
  const keys = parseNamedSecrets(variable)
  const [first] = keys
  const problem = first
    ? namedSecretsProblem(keys, 'kid:secret')
    : 'must hold kid:secret, such as main:…, with the same secret as the Worker. Create one with openssl rand -hex 32'
  if (!first || problem !== undefined) throw new UsageError(`EASEL_SIGNING_KEYS ${problem}.`)
  const [kid, secret] = first
  return { kid, secret }
}

function duration(text: string): number {
  const match = /^(\d{1,6})([smhd])$/.exec(text)
  const unit = match?.[2] as keyof typeof SECONDS | undefined
  const seconds = unit ? Number(match?.[1]) * SECONDS[unit] : 0
  if (seconds >= 1 && seconds <= 3650 * SECONDS.d) return seconds
  throw new InvalidArgumentError('It must be a time such as 90s, 15m, 12h or 30d, at most 3650d.')
}
