import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { EaselError } from '../../shared/errors.ts'
import { ConfigError, UsageError } from '../config/diagnostic.ts'
import { isErrno } from '../files/safe-path.ts'
import { LockError } from '../lock/lock-error.ts'
import { oneLine } from '../report/one-line.ts'
import { paintFor } from '../report/paint.ts'
import { generateCommand } from './generate.ts'
import { illustrateCommand } from './illustrate.ts'
import { initCommand } from './init.ts'
import { modelsCommand } from './models.ts'
import { checkCommand, planCommand } from './plan.ts'
import { pruneCommand } from './prune.ts'
import { signCommand } from './sign.ts'
import { EXIT, tell, tellDiagnostics, type Terminal } from './terminal.ts'

/** The command `easel` and what it can do. What a command needs is loaded when it runs. */
export function createProgram(terminal: Terminal): Command {
  const program = new Command('easel')
    .description('Images from prompts, kept in the repository: described in easel.yml, made once, paid once.')
    .version(ownVersion(), '-V, --version', 'print the version')
    .addHelpText(
      'after',
      `
Environment:
  OPENROUTER_API_KEY   for easel generate
  OPENROUTER_BASE_URL  where OpenRouter's API is, or a Worker of Easel
  EASEL_SIGNING_KEYS   for easel sign
  NO_COLOR             no colours

Exit codes:
  0 done   1 failed   2 bad config or usage   3 check found something out of date   130, 143 interrupted

Begin with:
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

/** Says what went wrong. @returns the exit code that goes with it */
export function explain(error: unknown, terminal: Terminal): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage
  if (error instanceof ConfigError) {
    tellDiagnostics(terminal, error.diagnostics)
    return EXIT.usage
  }
  const red = (text: string): string => paintFor(terminal.stderr)('red', text)
  if (error instanceof UsageError || error instanceof LockError || isSpecError(error)) {
    tell(terminal, [`${red('error:')} ${oneLine(error.message)}`])
    return EXIT.usage
  }
  if (error instanceof EaselError || isErrno(error)) {
    tell(terminal, [`${red('error:')} ${oneLine(error.message)}`])
    return EXIT.failed
  }
  tell(terminal, [
    `${red('This is a bug in Easel:')} ${error instanceof Error ? error.stack : String(error)}`,
  ])
  return EXIT.failed
}

/** From the package: two folders up, among the sources and in `dist/` alike, it is the same place. */
function ownVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    readonly version: string
  }
  return version
}

function isSpecError(error: unknown): error is EaselError {
  return error instanceof EaselError && error.code === 'invalid_spec'
}
