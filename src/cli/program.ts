/**
 * The program: its verbs, and how it says that something was typed wrong. A verb loads what it runs when it is run: its
 * options alone are told at once.
 */

import { Command, CommanderError } from 'commander'

import { packageVersion } from '../result/version.js'
import type { VerbContext } from './command.js'
import { compareVerb } from './compare.js'
import { conformVerb } from './conform.js'
import { deriveVerb } from './derive.js'
import { doctorVerb } from './doctor.js'
import { oneLine, reportFailure } from './failure.js'
import { generateVerb } from './generate.js'
import { listVerb } from './list.js'
import { newVerb } from './new.js'
import { replayVerb } from './replay.js'
import { runVerb } from './run.js'
import { stressVerb } from './stress.js'
import type { Terminal } from './terminal.js'
import { verifyVerb } from './verify.js'

const verbs = [
  newVerb,
  verifyVerb,
  deriveVerb,
  conformVerb,
  replayVerb,
  runVerb,
  stressVerb,
  compareVerb,
  listVerb,
  generateVerb,
  doctorVerb,
] as const

/** @param context What the verbs write to and report to. */
export function buildProgram(context: VerbContext): Command {
  const program = new Command('vigil')
    .description('Specify a network function once; prove it, and replay traffic through it with every packet judged.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this text')
    .helpCommand(false)
    .showSuggestionAfterError(true)
    .argument('[command]')
    .usage('<command> [options]')
    .allowExcessArguments(true)
    .configureHelp({ visibleArguments: (command) => (command.parent === null ? [] : [...command.registeredArguments]) })
    .addHelpText('after', '\nvigil <command> --help explains a command. Exit codes: docs/exit-codes.md.\n')
  for (const add of verbs) program.addCommand(add(context))
  program.action((name: string | undefined) => unknownVerb(program, name))
  for (const command of [program, ...program.commands]) dress(command, context.terminal)
  return program
}

function unknownVerb(program: Command, name: string | undefined): never {
  if (name === undefined) {
    program.outputHelp({ error: true })
    throw new CommanderError(2, 'vigil.noCommand', 'no command')
  }
  const names = program.commands.map((command) => command.name()).join(', ')
  return program.error(`error: there is no command ${JSON.stringify(name)} (commands: ${names})`)
}

/** Errors of usage are one line and exit code 2; help and version are exit code 0. */
function dress(command: Command, terminal: Terminal): void {
  const name = command.parent === null ? 'vigil' : `vigil ${command.name()}`
  command
    .exitOverride((error) => {
      throw new CommanderError(error.exitCode === 0 ? 0 : 2, error.code, error.message)
    })
    .configureOutput({
      writeOut: (text) => terminal.out(text),
      writeErr: (text) => terminal.err(text),
      getErrHelpWidth: () => terminal.columns,
      getOutHelpWidth: () => terminal.columns,
      outputError: (text, write) => write(`${usageLine(text, name)}\n`),
    })
}

function usageLine(text: string, name: string): string {
  const line = oneLine(text.trim()).replace(/^error: /, '')
  return `vigil: ${line}${line.includes('commands: ') ? '' : ` (see ${name} --help)`}`
}

/**
 * Runs a command line.
 *
 * @param startTask Where proofs are run; default: each in a process of its own.
 * @returns The exit code; errors are printed, none is thrown.
 */
export async function runCommandLine(
  words: readonly string[],
  terminal: Terminal,
  startTask?: VerbContext['startTask'],
): Promise<number> {
  let exitCode = 0
  try {
    const finish = (code: number) => {
      exitCode = code
    }
    const context = { terminal, finish, commandLine: ['vigil', ...words], startTask }
    await buildProgram(context).parseAsync([...words], { from: 'user' })
    return exitCode
  } catch (error) {
    return reportFailure(error, terminal, words.includes('--debug'))
  }
}
