/** Whether every path holds in every configuration, path by path: nothing is searched for, and no path is run for real. */

import type { ExecutionContext } from 'ava'

import type { SyncSolver } from '../../../src/smt/index.js'
import type { PathReport } from '../../../src/verify/exploration/explore.js'
import { configurations, loadSubject, prepare, type Subject } from '../../../src/verify/index.js'
import type { PacketOnPath } from '../../../src/verify/packet-proof.js'
import type { SubjectOptions } from '../../../src/verify/subject.js'
import { temporary } from '../../temporary.js'
import { type Edit, writeSource } from '../../wrong-builds/wrong-build.js'
import { firstFailureOn, pathsOf } from '../paths-of.js'

/** Every path of a packet, as they are found. */
function pathsIn(subject: Subject, solver: SyncSolver): Generator<PathReport<PacketOnPath>> {
  const { start, pairing, left, longest, terms, causes } = prepare(subject, { solver })
  if (start === undefined) throw new Error(JSON.stringify(causes))
  return pathsOf({ subject, start, pairing, left, longest }, terms, solver)
}

/** Every path of every case can be and holds; how many there are. */
export function everyPathHolds(t: ExecutionContext, subject: Subject, solver: SyncSolver): number {
  const paths = configurations(subject).flatMap((each) => [...pathsIn(each, solver)])
  for (const { end, satisfied, obligations } of paths) {
    t.deepEqual([end.kind, satisfied.kind], ['ended', 'yes'])
    const open = obligations.filter(({ answer }) => answer.kind !== 'holds')
    t.deepEqual(
      open.map(({ obligation }) => obligation.what),
      [],
    )
  }
  return paths.length
}

/** What the first obligation that fails says, and in which case; undefined where all hold. */
export async function firstFailure(
  nf: string,
  edit: Pick<Edit, 'name' | 'find' | 'replace'>,
  options: SubjectOptions,
  solver: SyncSolver,
): Promise<string | undefined> {
  const binary = writeSource(temporary(nf), nf, { ...edit, why: '' })
  for (const subject of configurations(await loadSubject(nf, { ...options, anyConfig: true, binary }))) {
    const failed = firstFailureOn(pathsIn(subject, solver))
    if (failed !== undefined) return [subject.configuration.name, failed].filter((part) => part !== '').join(': ')
  }
  return undefined
}
