/** Errors as the user sees them: one line, and an exit code of docs/exit-codes.md. */

import { CommanderError } from 'commander'

import { VigilError } from '../errors.js'
import type { Terminal } from './terminal.js'

/** Prints one line (with `debug`, the stack as well). @returns The exit code. */
export function reportFailure(error: unknown, terminal: Terminal, debug: boolean): number {
  if (error instanceof CommanderError) return error.exitCode
  if (debug) terminal.err(`${stackOf(error)}\n`)
  if (error instanceof VigilError) {
    if (!debug) terminal.err(`vigil: ${oneLine(error.message)}\n`)
    return error.exitCode
  }
  if (!debug) {
    const message = error instanceof Error ? error.message : String(error)
    terminal.err(`vigil: ${oneLine(message)} (this is Vigil's own error: run again with --debug and report it)\n`)
  }
  return 70
}

/** Also for texts that hold line ends or terminal control characters, as file names may. */
export function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').replace(/\p{Cc}/gu, '\ufffd')
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined ? '' : `\ncaused by ${stackOf(error.cause)}`
  return (error.stack ?? `${error.name}: ${error.message}`) + cause
}
