/**
 * The command line: `bin/vigil.js` runs this file. One file a verb: it reads the options, calls the library, and
 * prints; what is computed is computed elsewhere, and a program that imports the package gets the same results.
 *
 * Standard output has what was asked for (with `--json` one object, alone), standard error everything else. Errors are
 * one line; the exit codes are those of docs/exit-codes.md.
 */

import { reportFailure } from './failure.js'
import { runCommandLine } from './program.js'
import { flushed, processTerminal } from './terminal.js'

const terminal = processTerminal()
const words = process.argv.slice(2)

process.on('uncaughtException', (error) => {
  process.exit(reportFailure(error, terminal, words.includes('--debug')))
})

const exitCode = await runCommandLine(words, terminal)
await flushed()
process.exit(exitCode)
