import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { EaselError } from '../../shared/errors.ts'
import { ConfigError, UsageError } from '../config/diagnostic.ts'
import { isErrno } from '../files/safe-path.ts'
import { LockError } from '../lock/lock-error.ts'
import { oneLine } from '../report/one-line.ts'
import { paintFor } from '../report/paint.ts'
import { adoptCommand } from './adopt.ts'
import { generateCommand } from './generate.ts'
import { illustrateCommand } from './illustrate.ts'
import { initCommand } from './init.ts'
import { modelsCommand } from './models.ts'
import { checkCommand, planCommand } from './plan.ts'
import { pruneCommand } from './prune.ts'
import { signCommand } from './sign.ts'
import { EXIT, printDiagnostics, printJson, printToStderr, type Terminal } from './terminal.ts'

/** The `easel` command and its subcommands. Each loads its code when it runs. */
export function createProgram(terminal: Terminal): Command {
  const program = new Command('easel')
    .description(
      'Generates the images of a repository. You describe them in easel.yml or in Markdown; each is generated and paid for once.',
    )
    .version(ownVersion(), '-V, --version', 'print the version')
    .addHelpText(
      'after',
      `
Environment:
  OPENROUTER_API_KEY   key for easel generate, or a token of your Easel Worker
  OPENROUTER_BASE_URL  OpenRouter's API, or that of your Easel Worker
  EASEL_SIGNING_KEYS   signing keys (kid:secret,…); for easel sign
  NO_COLOR             set it to turn colours off

Exit codes:
  0    done
  1    failed
  2    invalid config, option or argument
  3    easel check: something is out of date
  130  interrupted (143: terminated)

Start with:
  $ easel init
  $ easel plan`,
    )
    .helpCommand('help [command]', 'explain a command')
    .showHelpAfterError('Run easel --help, or easel <command> --help.')
    .showSuggestionAfterError()
  const commands = [
    initCommand,
    planCommand,
    generateCommand,
    checkCommand,
    pruneCommand,
    adoptCommand,
    illustrateCommand,
    modelsCommand,
    signCommand,
  ]
  for (const create of commands) program.addCommand(create(terminal))
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
    })
    command.showHelpAfterError('Run easel --help, or easel <command> --help.')
  }
  return program
}

/** Prints what went wrong; with `--json`, to standard output as JSON, too. @returns the exit code */
export function explain(error: unknown, terminal: Terminal, { json }: { readonly json: boolean }): number {
  if (error instanceof CommanderError && error.exitCode === 0) return EXIT.done
  if (json) printJson(terminal, { error: errorReport(error) })
  if (error instanceof CommanderError) return EXIT.usage
  if (error instanceof ConfigError) {
    printDiagnostics(terminal, error.diagnostics)
    return EXIT.usage
  }
  const red = (text: string): string => paintFor(terminal.stderr)('red', text)
  if (isUsageError(error)) {
    printToStderr(terminal, [`${red('error:')} ${oneLine(error.message)}`])
    return EXIT.usage
  }
  if (error instanceof EaselError || isErrno(error)) {
    printToStderr(terminal, [`${red('error:')} ${oneLine(error.message)}`])
    return EXIT.failed
  }
  printToStderr(terminal, [
    `${red('This is a bug in Easel:')} ${error instanceof Error ? error.stack : String(error)}`,
  ])
  return EXIT.failed
}

/** What went wrong, for programs. */
function errorReport(error: unknown): object {
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof ConfigError) return { code: 'invalid_config', message, diagnostics: error.diagnostics }
  if (error instanceof EaselError) return { code: error.code, message }
  return { code: error instanceof CommanderError || isUsageError(error) ? 'usage' : 'internal', message }
}

function isUsageError(error: unknown): error is Error {
  return (
    error instanceof UsageError ||
    error instanceof LockError ||
    (error instanceof EaselError && error.code === 'invalid_spec')
  )
}

/** From package.json, which is two folders up from the source and from `dist/`. */
function ownVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    readonly version: string
  }
  return version
}
