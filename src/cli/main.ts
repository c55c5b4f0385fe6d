/**
 * The command line: `bin/vigil.js` runs this file. One file a verb: it reads the options, calls the library, and
 * prints; what is computed is computed elsewhere, and a program that imports the package gets the same results.
 *
 * Standard output has what was asked for (with `--json` one object, alone), standard error everything else. Errors are
 * one line; the exit codes are those of docs/exit-codes.md.
 */

import { startAhead } from '../verify/run/process.js'

const words = process.argv.slice(2)
// What a proof runs in takes longest to load: it begins before all else. Where there is none to do, it ends with this.
if (words[0] === 'verify' && !words.some((word) => ['--help', '-h'].includes(word))) startAhead()

const { reportFailure } = await import('./failure.js')
const { runCommandLine } = await import('./program.js')
const { flushed, processTerminal } = await import('./terminal.js')

const terminal = processTerminal()

process.on('uncaughtException', (error) => {
  process.exit(reportFailure(error, terminal, words.includes('--debug')))
})

const exitCode = await runCommandLine(words, terminal)
await flushed()
process.exit(exitCode)
