/** The pages of docs/ that are printed from the program itself. */

import { exitCodesPage } from '../result/index.js'
import { buildProgram } from './program.js'
import type { Terminal } from './terminal.js'

/** File names in docs/ and their texts. */
export function printedPages(): ReadonlyMap<string, string> {
  return new Map([
    ['exit-codes.md', exitCodesPage()],
    ['cli.md', commandPage()],
  ])
}

/** Every `--help`. */
function commandPage(): string {
  const terminal: Terminal = { out() {}, err() {}, interactive: false, columns: 100 }
  const program = buildProgram({ terminal, finish() {}, commandLine: [] })
  const sections = program.commands.flatMap((command) => [
    `## vigil ${command.name()}`,
    '',
    '```',
    helpOf(command),
    '```',
    '',
  ])
  return [
    '# The command line',
    '',
    'This page is printed from the `--help` of each command. Exit codes are in [exit-codes.md](exit-codes.md).',
    '',
    '```',
    helpOf(program),
    '```',
    '',
    ...sections,
  ].join('\n')
}

type Program = ReturnType<typeof buildProgram>

/** With the examples, which commander keeps apart. */
function helpOf(command: Program): string {
  const parts: string[] = []
  command.configureOutput({ writeOut: (text) => void parts.push(text) })
  command.outputHelp()
  return parts.join('').trim()
}
