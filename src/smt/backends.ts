/** Which back-ends there are: who only asks that loads nothing else of this folder. */
import { spawnSync } from 'node:child_process'

import { MachineError } from '../errors.js'
import { bitwuzla, cvc5, nativeZ3, type ProgramProfile } from './engine.js'

/**
 * `z3-embedded` is always there, in a worker thread. `z3-inline`, for `openSyncSolver` only, is the same in the present
 * thread: a little faster, but nothing can stop it or replace it. A profile is another program of one's own.
 */
export type BackendName = 'z3-embedded' | 'z3-inline' | 'z3' | 'cvc5' | 'bitwuzla'

const programs = { z3: nativeZ3, cvc5, bitwuzla }

export interface Chosen {
  readonly backend: 'z3-embedded' | 'z3-inline' | ProgramProfile
  readonly version: string
}

/** The embedded Z3, and the programs that are here. */
export function installed(): Chosen[] {
  const chosen: Chosen[] = [{ backend: 'z3-embedded', version: '' }]
  for (const profile of [nativeZ3, cvc5, bitwuzla]) {
    const version = versionOf(profile)
    if (version !== undefined) chosen.push({ backend: profile, version })
  }
  return chosen
}

/** Throws MachineError where it is missing. */
export function find(backend: BackendName | ProgramProfile): Chosen {
  if (backend === 'z3-embedded' || backend === 'z3-inline') return { backend, version: '' }
  const profile = typeof backend === 'string' ? programs[backend] : backend
  const version = versionOf(profile)
  if (version === undefined) throw new MachineError(`the solver ${profile.name} cannot be run: ${profile.program}`)
  return { backend: profile, version }
}

/** Throws MachineError where one of them is missing. */
export function requireBackends(backends: readonly BackendName[]): void {
  for (const backend of backends) find(backend)
}

/** What the program says of its version, in one line; undefined where it cannot be run. */
export function versionOf({ program, versionArgs }: ProgramProfile): string | undefined {
  const { status, stdout } = spawnSync(program, versionArgs, { encoding: 'utf8', timeout: 10_000 })
  return status === 0 ? (stdout.split('\n')[0] ?? '').trim() : undefined
}
