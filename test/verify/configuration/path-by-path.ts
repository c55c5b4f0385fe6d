/** Whether every path holds in every configuration, path by path: nothing is searched for, and no path is run for real. */

import { dirname, join } from 'node:path'

import type { ExecutionContext } from 'ava'

import type { SyncSolver } from '../../../src/smt/index.js'
import type { PathReport } from '../../../src/verify/exploration/explore.js'
import { configurations, loadSubject, prepare, type Subject } from '../../../src/verify/index.js'
import { LOCK_NAME, type Lock, readLock } from '../../../src/verify/lock/index.js'
import type { PacketOnPath } from '../../../src/verify/packet-proof.js'
import type { Pairing } from '../../../src/verify/pairing.js'
import type { SubjectOptions } from '../../../src/verify/subject.js'
import { temporary } from '../../temporary.js'
import { type Edit, writeSource } from '../../wrong-builds/wrong-build.js'
import { firstFailureUnder, pathsOf } from '../paths-of.js'

/** Every path of a packet, of a subject with one case, and the pairing they were explored under. */
export interface Explored {
  readonly paths: readonly PathReport<PacketOnPath>[]
  readonly pairing: Pairing
}

export function everyPath(subject: Subject, solver: SyncSolver, lock?: Lock): Explored {
  if (configurations(subject).length !== 1) throw new RangeError('there are several cases')
  const { start, pairing, left, longest, terms, causes } = prepare(subject, { solver, ...(lock && { lock }) })
  if (start === undefined) throw new Error(JSON.stringify(causes))
  return { paths: [...pathsOf({ subject, start, pairing, left, longest }, terms, solver)], pairing }
}

/** The lock file that lies beside a network function. */
export function lockBeside({ nf }: Subject): Lock | undefined {
  return readLock(join(dirname(nf.manifest.file), LOCK_NAME))
}

/** Every path can be and holds. */
export function allHold(t: ExecutionContext, { paths }: Explored): void {
  for (const { end, satisfied, obligations } of paths) {
    t.deepEqual([end.kind, satisfied.kind], ['ended', 'yes'])
    const open = obligations.filter(({ answer }) => answer.kind !== 'holds')
    t.deepEqual(
      open.map(({ obligation }) => obligation.what),
      [],
    )
  }
}

/**
 * What the first obligation that fails says, and in which case; undefined where all hold. `pairing`: of the right build, so
 * that the layouts of a wrong one need not be found out.
 */
export async function firstFailure(
  nf: string,
  edit: Pick<Edit, 'name' | 'find' | 'replace'>,
  options: SubjectOptions,
  { pairing, solver }: { readonly pairing: Pairing; readonly solver: SyncSolver },
): Promise<string | undefined> {
  const binary = writeSource(temporary(nf), nf, { ...edit, why: '' })
  for (const subject of configurations(await loadSubject(nf, { ...options, anyConfig: true, binary }))) {
    const failed = firstFailureUnder(pairing, subject, solver, 'first')
    if (failed !== undefined) return [subject.configuration.name, failed].filter((part) => part !== '').join(': ')
  }
  return undefined
}
