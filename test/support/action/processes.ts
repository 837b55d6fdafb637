import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, rmSync } from 'node:fs'
import { copyFile, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import * as z from 'zod'
import { bundleAction, writeFiles } from '../../../scripts/bundle-action.ts'

/** What is installed: the sources would take three times as long to start. Of now, whatever `action/dist` holds. */
const BUILT = await buildForTests()
const CLI = join(BUILT, 'cli.js')
const MAIN = join(BUILT, 'main.js')
const ACTION_YML = new URL('../../../action.yml', import.meta.url)

export interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly child: ChildProcess
  readonly finished: Promise<Finished>
  /** Resolves once the output holds this text. */
  prints(text: string): Promise<void>
}

const actionSchema = z.object({ inputs: z.record(z.string(), z.object({ default: z.string().optional() })) })

type Env = Readonly<Record<string, string | undefined>>

interface CommandOptions {
  readonly cwd: string
  readonly env?: Env
  /** A file that standard output goes to, instead of a pipe to this process. */
  readonly output?: string
}

/** The command as a separate process, with only `PATH` from this process's environment. */
export function startEasel(args: readonly string[], { cwd, env = {}, output }: CommandOptions): Running {
  return start(CLI, args, cwd, env, output)
}

export function easel(args: readonly string[], options: CommandOptions): Promise<Finished> {
  return startEasel(args, options).finished
}

export interface ActionRun extends Finished {
  readonly outputs: Readonly<Record<string, string>>
  readonly summary: string
  /** What `report-path` holds. */
  readonly report: unknown
}

/** The Action while it runs. */
export interface StartedAction extends Pick<Running, 'child' | 'prints'> {
  /** The outputs that are set by now. */
  outputs(): Promise<ActionRun['outputs']>
  readonly ended: Promise<ActionRun>
}

interface ActionOptions {
  readonly inputs?: Readonly<Record<string, string>>
  readonly event?: object
  readonly eventName?: string
  readonly env?: Env
}

export async function runAction(workspace: string, options: ActionOptions): Promise<ActionRun> {
  return (await startAction(workspace, options)).ended
}

/**
 * The built Action as the runner starts it: inputs as `INPUT_*` with the defaults of `action.yml`, the runner's files
 * and variables, an event.
 */
export async function startAction(
  workspace: string,
  { inputs = {}, event = {}, eventName = 'push', env = {} }: ActionOptions,
): Promise<StartedAction> {
  const folder = await mkdtemp(join(tmpdir(), 'easel-runner-'))
  const file = async (name: string, content = ''): Promise<string> => {
    await writeFile(join(folder, name), content)
    return join(folder, name)
  }
  const [output, summary, state, environment, eventPath] = await Promise.all([
    file('output'),
    file('summary'),
    file('state'),
    file('env'),
    file('event.json', JSON.stringify({ repository: { full_name: 'octo/docs' }, ...event })),
  ])
  const withInputs = Object.entries({ ...(await defaultInputs()), ...inputs }).map(([name, value]) => [
    `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`,
    value,
  ])
  const running = start(MAIN, [], workspace, {
    ...Object.fromEntries(withInputs),
    GITHUB_ACTIONS: 'true',
    GITHUB_ACTION: '__easel',
    GITHUB_WORKSPACE: workspace,
    GITHUB_REPOSITORY: 'octo/docs',
    GITHUB_SHA: 'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_EVENT_NAME: eventName,
    GITHUB_EVENT_PATH: eventPath,
    GITHUB_OUTPUT: output,
    GITHUB_STEP_SUMMARY: summary,
    GITHUB_STATE: state,
    GITHUB_ENV: environment,
    RUNNER_TEMP: folder,
    ...env,
  })
  const readOutputs = async () => parseOutputs(await readFile(output, 'utf8'))
  const end = async (): Promise<ActionRun> => {
    const finished = await running.finished
    const outputs = await readOutputs()
    return {
      ...finished,
      outputs,
      summary: await readFile(summary, 'utf8'),
      report: outputs['report-path'] ? JSON.parse(await readFile(outputs['report-path'], 'utf8')) : undefined,
    }
  }
  return { ...running, outputs: readOutputs, ended: end() }
}

/** Builds the Action and the command into a temporary folder, as they are in the package. */
async function buildForTests(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'easel-built-'))
  process.once('exit', () => rmSync(root, { recursive: true, force: true }))
  const folder = join(root, 'action/dist')
  await writeFiles(await bundleAction(), folder)
  await copyFile(new URL('../../../package.json', import.meta.url), join(root, 'package.json'))
  return folder
}

async function defaultInputs(): Promise<Record<string, string>> {
  const action: unknown = parse(await readFile(ACTION_YML, 'utf8'))
  const { inputs } = actionSchema.parse(action)
  const entries = Object.entries(inputs).map(([name, input]) => [
    name,
    // The runner fills in expressions; a test's token never reaches GitHub.
    input.default?.startsWith('${{') ? 'ghs_test' : (input.default ?? ''),
  ])
  return Object.fromEntries(entries)
}

/** `name<<delimiter`, the value, the delimiter: what the toolkit writes. */
function parseOutputs(text: string): Record<string, string> {
  const outputs: Record<string, string> = {}
  for (const match of text.matchAll(/^(.+?)<<(ghadelimiter_\S+)\n([\s\S]*?)\n\2$/gm)) {
    outputs[match[1] ?? ''] = match[3] ?? ''
  }
  return outputs
}

function start(program: string, args: readonly string[], cwd: string, env: Env, output?: string): Running {
  const outputFile = output === undefined ? undefined : openSync(output, 'w')
  const child = spawn(process.execPath, [program, ...args], {
    cwd,
    env: {
      PATH: process.env['PATH'],
      HOME: '/nowhere',
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
      ...env,
    },
    stdio: ['ignore', outputFile ?? 'pipe', 'pipe'],
  })
  if (outputFile !== undefined) closeSync(outputFile)
  let stdout = ''
  let stderr = ''
  const waiting = new Set<() => void>()
  const checkAll = (): void => {
    for (const check of waiting) check()
  }
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk
    checkAll()
  })
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk
    checkAll()
  })
  return {
    child,
    finished: new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code) => resolve({ code, stdout, stderr }))
    }),
    prints: (text) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (!`${stdout}${stderr}`.includes(text)) return
          waiting.delete(check)
          resolve()
        }
        waiting.add(check)
        check()
      }),
  }
}
