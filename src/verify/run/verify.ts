/** Proves network functions, each in a process of its own, several at a time; the result is that of result.json. */
import { availableParallelism } from 'node:os'

import { InputError } from '../../errors.js'
import { listNfs } from '../../nf/index.js'
import {
  combineExitCodes,
  environment,
  exitCodeOf,
  packageVersion,
  type UnfinishedNf,
  type VerifiedNf,
  verdictOfCode,
} from '../../result/index.js'
import { requireBackends } from '../../smt/index.js'
import type { VerifyOptions, VerifyResult } from './options.js'
import { interrupted, type Running, startTask } from './process.js'
import type { Task } from './task.js'

type Entry = VerifiedNf | UnfinishedNf

/**
 * What is wrong with one network function's files is that one's entry (verdict `error`), and so is a fault of Vigil's
 * own. What is wrong with the request is thrown: an InputError, or a MachineError where a solver is missing.
 */
export async function verify(options: VerifyOptions = {}): Promise<VerifyResult> {
  const startedAt = new Date()
  const begun = performance.now()
  const tasks = tasksOf(options)
  const nfs = await runAll(tasks, options)
  const exitCode = combineExitCodes(nfs.map(codeOf))
  const verdict = verdictOfCode(exitCode)
  const cause = nfs.find((nf) => codeOf(nf) === exitCode)
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

function tasksOf(options: VerifyOptions): readonly Task[] {
  const { solvers = ['z3-embedded'], crossCheck, binary, config = [], longest, limits, mostPaths, dump, seed } = options
  const names = [...new Set(options.nfs ?? listNfs().map(({ name }) => name))]
  if (names.length === 0) throw new InputError('there is no network function to prove')
  if (solvers.length === 0) throw new InputError('no solver is named')
  if (binary !== undefined && names.length > 1) {
    throw new InputError('a binary is given, but several network functions', { hint: 'name the one that it is' })
  }
  if (crossCheck !== undefined && solvers.includes(crossCheck)) {
    throw new InputError(`${crossCheck} cannot check its own answers`, { hint: 'name another solver' })
  }
  requireBackends([...solvers, ...(crossCheck === undefined ? [] : [crossCheck])])
  const shared = {
    solvers,
    ...(binary === undefined ? {} : { binary }),
    ...(crossCheck === undefined ? {} : { crossCheck }),
    ...(longest === undefined ? {} : { longest }),
    ...(limits === undefined ? {} : { limits }),
    ...(mostPaths === undefined ? {} : { mostPaths }),
    ...(dump === undefined ? {} : { dump }),
    ...(seed === undefined ? {} : { seed }),
  }
  return names.map((nf) => ({ nf, config: configOf(nf, names, config), ...shared }))
}

/** `nat.maxFlows=16` is for nat; without a name it is for the only one there is. */
function configOf(nf: string, names: readonly string[], given: NonNullable<VerifyOptions['config']>): Task['config'] {
  return given.flatMap((item): Task['config'] => {
    if (typeof item !== 'string') return [item]
    const match = /^([^.=]+)\.([^=]+=.*)$/s.exec(item)
    const name = match?.[1]
    if (name !== undefined && names.includes(name)) return name === nf ? [match?.[2] ?? ''] : []
    if (names.length === 1) return [item]
    throw new InputError(`--config ${item} does not say which network function is meant`, {
      hint: `write for example ${nf}.${item}`,
    })
  })
}

async function runAll(tasks: readonly Task[], options: VerifyOptions): Promise<readonly Entry[]> {
  const { signal, onProgress, jobs = availableParallelism() } = options
  const entries: Entry[] = tasks.map(({ nf }) => interrupted(nf))
  const running = new Set<Running>()
  const stop = (): void => {
    for (const each of running) each.stop()
  }
  signal?.addEventListener('abort', stop, { once: true })
  let next = 0
  let done = 0
  const worker = async (): Promise<void> => {
    for (let index = next++; index < tasks.length && signal?.aborted !== true; index = next++) {
      const task = tasks[index]
      if (task === undefined) return
      const tell = (what: string): void => onProgress?.({ nf: task.nf, what, done, total: tasks.length })
      const started = startTask(task, tell)
      running.add(started)
      entries[index] = await started.result
      running.delete(started)
      done += 1
      tell('done')
    }
  }
  try {
    await Promise.all(Array.from({ length: Math.min(Math.max(jobs, 1), tasks.length) }, worker))
  } finally {
    signal?.removeEventListener('abort', stop)
    stop()
  }
  return entries
}
