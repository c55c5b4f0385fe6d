/** Whether every path holds in every configuration, path by path: nothing is searched for, and no path is run for real. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { ExecutionContext } from 'ava'

import type { SyncSolver } from '../../../src/smt/index.js'
import { explorePath, type Fork, type PathReport } from '../../../src/verify/explore.js'
import { configurations, loadSubject, prepare, type Subject } from '../../../src/verify/index.js'
import { type PacketOnPath, provePacket } from '../../../src/verify/packet-proof.js'
import type { SubjectOptions } from '../../../src/verify/subject.js'
import { type Edit, writeSource } from '../../wrong-builds/wrong-build.js'

/** Every path of a packet, as they are found. */
function* pathsOf(subject: Subject, solver: SyncSolver): Generator<PathReport<PacketOnPath>> {
  const { start, pairing, left, longest, terms, causes } = prepare(subject, { solver })
  if (start === undefined) throw new Error(JSON.stringify(causes))
  const packet = { subject, start, pairing, left, longest }
  const waiting: Fork[] = [{ steps: [] }]
  for (let fork = waiting.pop(); fork !== undefined; fork = waiting.pop()) {
    const { report, forks } = explorePath((path) => provePacket(packet, path), fork, { terms, solver })
    waiting.push(...forks)
    yield report
  }
}

/** Every path of every case can be and holds; how many there are. */
export function everyPathHolds(t: ExecutionContext, subject: Subject, solver: SyncSolver): number {
  const paths = configurations(subject).flatMap((each) => [...pathsOf(each, solver)])
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
  const folder = mkdtempSync(join(tmpdir(), `vigil-${nf}-`))
  try {
    const binary = writeSource(folder, nf, { ...edit, why: '' })
    for (const subject of configurations(await loadSubject(nf, { ...options, anyConfig: true, binary }))) {
      for (const { obligations } of pathsOf(subject, solver)) {
        const failed = obligations.find(({ answer }) => answer.kind === 'fails')
        if (failed === undefined) continue
        const { guarantee, what } = failed.obligation
        return [subject.configuration.name, `${guarantee}: ${what}`].filter((part) => part !== '').join(': ')
      }
    }
    return undefined
  } finally {
    rmSync(folder, { recursive: true })
  }
}
