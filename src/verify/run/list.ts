/** Lists what a proof of each network function would have to show: the engine explores, and judges nothing. */
import { InputError } from '../../errors.js'
import { combineExitCodes, exitCodeOf, packageVersion, type UnfinishedNf } from '../../result/index.js'
import type { ListedNf } from './listed-nf.js'
import type { VerifyOptions } from './options.js'
import { type StartTask, startTask } from './process.js'
import { runAll } from './run-all.js'
import { tasksOf } from './tasks.js'

export interface ObligationList {
  readonly tool: 'vigil'
  readonly version: string
  /** As that of a command: undecided where a list is not whole. */
  readonly exitCode: number
  readonly nfs: readonly (ListedNf | UnfinishedNf)[]
}

/** Of the specification alone, whatever `properties` says. Throws as `verify` does. */
export async function listObligations(
  options: Omit<VerifyOptions, 'properties'> = {},
  start: StartTask = startTask,
): Promise<ObligationList> {
  if (options.anyConfig === true) {
    throw new InputError('obligations are listed for one configuration at a time', { hint: 'leave out --any-config' })
  }
  const tasks = (await tasksOf(options)).map((task) => ({ ...task, isListing: true }))
  const nfs = (await runAll(tasks, options, start)).filter((entry) => entry.kind !== 'verified')
  const codes = nfs.map((nf) => (nf.kind === 'unfinished' ? nf.exitCode : exitCodeOf(verdictOf(nf))))
  return { tool: 'vigil', version: packageVersion(), exitCode: combineExitCodes(codes), nfs }
}

function verdictOf({ causes }: ListedNf): 'holds' | 'undecided' {
  return causes.length === 0 ? 'holds' : 'undecided'
}
