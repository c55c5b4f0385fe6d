/** Proves network functions, each in a process of its own, several at a time; the result is that of result.json. */
import {
  combineExitCodes,
  environment,
  exitCodeOf,
  packageVersion,
  type UnfinishedNf,
  type VerifiedNf,
  verdictOfCode,
} from '../../result/index.js'
import { isVacuous } from './folded.js'
import type { VerifyOptions, VerifyResult } from './options.js'
import { type StartTask, startTask } from './process.js'
import { runAll } from './run-all.js'
import { tasksOf } from './tasks.js'

type Entry = VerifiedNf | UnfinishedNf

/**
 * What is wrong with one network function's files is that one's entry (verdict `error`), and so is a fault of Vigil's
 * own. What is wrong with the request is thrown: an InputError, or a MachineError where a solver is missing.
 *
 * @param start Where each is proved; default: in a process of its own.
 */
export async function verify(options: VerifyOptions = {}, start: StartTask = startTask): Promise<VerifyResult> {
  const startedAt = new Date()
  const begun = performance.now()
  const tasks = await tasksOf(options)
  const nfs = (await runAll(tasks, options, start)).filter((entry) => entry.kind !== 'listed')
  const exitCode = combineExitCodes(nfs.map(codeOf))
  const verdict = verdictOfCode(exitCode)
  const concerned = nfs.filter((nf) => codeOf(nf) === exitCode)
  const cause = concerned.find((nf) => !isVacuous(nf)) ?? concerned[0]
  const why = cause?.cause === undefined || nfs.length === 1 ? cause?.cause : `${cause.nf}: ${cause.cause}`
  return {
    tool: 'vigil',
    version: packageVersion(),
    command: options.command ?? [],
    startedAt: startedAt.toISOString(),
    durationSeconds: (performance.now() - begun) / 1000,
    seed: options.seed ?? 0,
    environment: environment(),
    verdict,
    ...(verdict === 'holds' || verdict === 'violated' || why === undefined ? {} : { cause: why }),
    exitCode,
    nfs,
  }
}

function codeOf(nf: Entry): number {
  return nf.kind === 'unfinished' ? nf.exitCode : exitCodeOf(nf.verdict)
}
