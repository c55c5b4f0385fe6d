/** Runs the command line in the process of the test: quicker by the start of one. */

import { runCommandLine } from '../../src/cli/program.js'
import { temporary } from '../temporary.js'
import type { Ran } from './vigil.js'

/**
 * For what needs no process of its own, as signals, pipes and exit codes of the system do. The folder is this process's
 * meanwhile, so tests that use it are serial.
 */
export async function vigilHere(words: readonly string[], cwd = temporary()): Promise<Ran> {
  const before = process.cwd()
  const texts = { stdout: '', stderr: '' }
  const terminal = {
    out: (text: string) => {
      texts.stdout += text
    },
    err: (text: string) => {
      texts.stderr += text
    },
    interactive: false,
    columns: 80,
  }
  process.chdir(cwd)
  try {
    return { code: await runCommandLine(words, terminal), ...texts }
  } finally {
    process.chdir(before)
  }
}
