import { createProgram } from '../../../action/commands/program.ts'
import { operations } from '../../../worker/openapi/operations.ts'

/** What a page's commands may use. */
export interface KnownCommands {
  /** Of package.json. */
  readonly scripts: ReadonlySet<string>
  /** Whether a file of the repository exists. */
  readonly exists: (path: string) => boolean
}

/** What is wrong with a line of shell; `undefined` when it would do what the page says. */
export type CommandProblem = string | undefined

const WRANGLER = /^(login|deploy|delete|rollback|secret put [A-Z_]+|r2 bucket (create|delete) [\w-]+)( |$)/

/** Commands that are not ours, and of which only the name is checked. */
const OTHERS: ReadonlySet<string> = new Set([
  'git',
  'gh',
  'sed',
  'rm',
  'cd',
  'export',
  'jq',
  'openssl',
  'mkdir',
  'cp',
])

/** Each command of a shell block, without comments, continuations and variables before it. */
export function commandsOf(block: string): readonly string[] {
  return block
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
    .map((line) => line.replace(/(^|\s)#\s.*$/, '').trim())
    .flatMap((line) => line.split(/\s+&&\s+/))
    .map((command) =>
      command
        .replace(/^\$ /, '')
        .replace(/^([A-Z_]+=('[^']*'|\S+)( |$))+/, '')
        .trim(),
    )
    .filter((command) => command !== '')
}

/** Checks a command against what there is: scripts, options of `easel`, routes, files. */
export function commandProblem(command: string, { scripts, exists }: KnownCommands): CommandProblem {
  const [name = '', ...args] = words(command)
  if (name === 'npm') return npmProblem(args, scripts)
  if (name === 'npx' && args[0] === 'wrangler') {
    return WRANGLER.test(args.slice(1).join(' ')) ? undefined : 'is no wrangler command that the docs use'
  }
  if (name === 'npx' && args[0] === 'vitest')
    return args.slice(2).every(exists) ? undefined : 'names a missing test'
  // `npx easel` would run a stranger's package where ours isn't installed.
  if (name === 'npx' && args[0] === '@easel-images/easel') return easelProblem(args.slice(1))
  if (name === 'easel') return easelProblem(args)
  if (name === 'node') return nodeProblem(args, exists)
  if (name === 'curl') return curlProblem(args)
  if (name === 'bash') return exists(args[0] ?? '') ? undefined : `runs ${args[0]}, which does not exist`
  return OTHERS.has(name) ? undefined : `starts with ${name}, which the docs don’t use`
}

/** Splits like a shell, as far as the docs need it. */
export function words(command: string): readonly string[] {
  return Array.from(command.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g), ([word]) =>
    word.replaceAll(/'([^']*)'|"([^"]*)"/g, (_, single?: string, double?: string) => single ?? double ?? ''),
  )
}

function npmProblem(
  [command = '', script = '']: readonly string[],
  scripts: ReadonlySet<string>,
): CommandProblem {
  if (['ci', 'install', 'pack', 'publish'].includes(command)) return undefined
  const wanted = command === 'run' ? script : command
  return scripts.has(wanted) ? undefined : `runs the script ${wanted}, which does not exist`
}

function nodeProblem(
  [file = '', ...args]: readonly string[],
  exists: (path: string) => boolean,
): CommandProblem {
  const path = file.replace(/^.*\/easel\//, '')
  if (path.startsWith('action/dist/')) return easelProblem(args)
  return exists(path) ? undefined : `runs ${file}, which does not exist`
}

/** Commander's own check of command, options and number of arguments, without running anything. */
function easelProblem(args: readonly string[]): CommandProblem {
  const program = createProgram({
    cwd: '/',
    env: {},
    stdout: process.stdout,
    stderr: process.stderr,
    outputClosed: new AbortController().signal,
    setExitCode: () => undefined,
  })
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({ writeErr: () => undefined, writeOut: () => undefined })
  }
  for (const command of program.commands) command.action(() => undefined)
  try {
    program.parse([...args], { from: 'user' })
    return undefined
  } catch (error) {
    if (error instanceof Error && 'code' in error && /^commander\.(help|version)/.test(String(error.code)))
      return undefined
    return error instanceof Error ? error.message : String(error)
  }
}

/** The path is one of the API's. */
function curlProblem(args: readonly string[]): CommandProblem {
  const url = args.find((arg) => /^https?:/.test(arg))
  if (url === undefined || !URL.canParse(url)) return 'has no URL'
  const { pathname } = new URL(url)
  const isRoute = operations.some(({ path }) =>
    new RegExp(`^${path.replaceAll(/:\w+/g, '.+')}$`).test(pathname),
  )
  return isRoute || pathname.startsWith('/emulator/') || pathname === '/openapi.json'
    ? undefined
    : `asks for ${pathname}, which is no route`
}
