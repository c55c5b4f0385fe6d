/** Every path of a packet, path by path, for tests that stop at the first that goes wrong. */
import { type SyncSolver, Terms } from '../../src/smt/index.js'
import { explore, explorePath, type Fork, type PathReport } from '../../src/verify/exploration/explore.js'
import type { Subject } from '../../src/verify/index.js'
import { runInit } from '../../src/verify/machine/index.js'
import { type PacketOnPath, provePacket } from '../../src/verify/packet-proof.js'
import type { Pairing } from '../../src/verify/pairing.js'

type PacketProof = Parameters<typeof provePacket>[0]

/** Which of the known paths comes next: the one that forked off last, or first. One or the other finds what is wrong sooner. */
export type Next = 'last' | 'first'

/** As they are found. */
export function* pathsOf(
  packet: PacketProof,
  terms: Terms,
  solver: SyncSolver,
  next: Next = 'last',
): Generator<PathReport<PacketOnPath>> {
  const waiting: Fork[] = [{ steps: [] }]
  const take = () => (next === 'last' ? waiting.pop() : waiting.shift())
  for (let fork = take(); fork !== undefined; fork = take()) {
    const { report, forks } = explorePath((path) => provePacket(packet, path), fork, { terms, solver })
    waiting.push(...forks)
    yield report
  }
}

/** What fails first on some paths; undefined where all holds. */
export function firstFailureOn(paths: Iterable<PathReport<PacketOnPath>>): string | undefined {
  for (const { obligations } of paths) {
    const failed = obligations.find(({ answer }) => answer.kind === 'fails')
    if (failed !== undefined) return `${failed.obligation.guarantee}: ${failed.obligation.what}`
  }
  return undefined
}

/** The same of a packet under a pairing that was found of another binary. */
export function firstFailureUnder(
  found: Pairing,
  subject: Subject,
  solver: SyncSolver,
  next?: Next,
): string | undefined {
  const terms = new Terms()
  const [init] = explore((path) => runInit(subject.machine, path), { terms, solver }).paths
  if (init?.end.kind !== 'ended') throw new Error('nf_init has no end')
  const { start } = init.end.result
  const pairing = found.map((pair) => ({
    ...pair,
    structure: start.structures.find(({ name }) => name === pair.structure?.name),
  }))
  const left = { bytes: new Set<number>(), globals: new Set<number>() }
  return firstFailureOn(pathsOf({ subject, start, pairing, left, longest: 1514 }, terms, solver, next))
}
