/** Runs the command line in the process of the test: quicker by the start of one. */

import { runCommandLine } from '../../src/cli/program.js'
import type { StartTask } from '../../src/verify/run/index.js'
import type { Task, TaskResult } from '../../src/verify/run/task.js'
import { temporary } from '../temporary.js'
import type { Ran } from './vigil.js'

/** Proofs without the process that each has otherwise; what passes to and from it is passed as text, as there. */
const provedHere: StartTask = (given, onProgress) => {
  const task: Task = JSON.parse(JSON.stringify(given))
  const proved = async (): Promise<TaskResult> => {
    const { verifyNf } = await import('../../src/verify/run/verify-nf.js')
    return JSON.parse(JSON.stringify(await verifyNf(task, onProgress)))
  }
  return { result: proved(), stop: () => {} }
}

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
    return { code: await runCommandLine(words, terminal, provedHere), ...texts }
  } finally {
    process.chdir(before)
  }
}
