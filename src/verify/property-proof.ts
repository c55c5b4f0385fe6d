/**
 * A property on one path: the network function runs on any packet, from any state; then the property looks at the packet
 * as it came in and as it left, and at the tables before and after, and what its answer demands must hold. The
 * specification does not run, but for what it has expire before it looks at anything.
 */
import { type Integer, Integers } from '../domains/symbolic/integer.js'
import { type Path, Undecidable } from '../domains/symbolic/path.js'
import type { SymbolicPropertyReading } from '../domains/symbolic/property.js'
import { Run as SpecRun } from '../domains/symbolic/run.js'
import type { StateBinding } from '../domains/symbolic/state-binding.js'
import type { ExpiryCall } from '../spec/load/expiries.js'
import {
  type AnyPacketRun,
  followed,
  type NfOnPath,
  type PacketProof,
  runAnyPacket,
  stateOf,
} from './any-packet-run.js'
import { obligeCoherence, obligeInvariant } from './invariant.js'
import type { PacketRun, Written } from './machine/index.js'
import { sendsTo } from './obligations/ports.js'
import { type Done, obligeMeaningful, obligeVerdict, placeOf } from './obligations/verdicts.js'
import { layoutsIn, type Pair, type Pairing } from './pairing.js'

export interface PropertyProof extends PacketProof {
  readonly property: SymbolicPropertyReading
  /** Every place where the specification lets entries expire; undefined where that is not plain. */
  readonly expiries: readonly ExpiryCall[] | undefined
}

/** What a path showed. */
export interface PropertyOnPath extends NfOnPath {
  readonly written: Written
  /** The property says nothing of the packets on it. */
  readonly isSilent: boolean
  /** It has looked at a table for what it says. */
  readonly isLooking: boolean
}

export function provePropertyOnPath(proof: PropertyProof, path: Path): PropertyOnPath {
  const { subject, pairing } = proof
  const { portCount } = subject
  const found = runAnyPacket(proof, path)
  const { given, ingress, now, nf, answer, nfFacts, nfSteps } = found
  const ports = { count: portCount, ingress: given.port }
  const done = { answer, frame: nf.frame, checksums: nf.checksums, ports }
  obligeMeaningful(path, done, undefined)
  // First: what the property reads of the tables is taken to be as the types of their fields say.
  obligeInvariant(path, pairing, nf, new SpecRun(path, portCount, now))
  obligeCoherence(path, pairing, nf)
  const input = {
    path,
    frame: given.frame.copy(),
    ingress,
    now,
    output: { frame: nf.frame.copy(), ports: setOfPorts(path, done) },
    before: bindings(pairing, nf, 'before'),
    after: bindings(pairing, nf, 'after'),
    thresholdOf: (table: string) => thresholdOf(table, proof, found, path),
  }
  const { answer: said, isLooking } = followed(() => proof.property.run(input), 'the property')
  if (said.kind === 'verdict') obligeVerdict(path, done, said.verdict)
  if (said.kind === 'claim') {
    const { holds, site } = said
    const what = site?.text ?? 'what must hold'
    path.oblige({ guarantee: 'property', what, place: placeOf(site), holds })
  }
  return { nf, nfFacts, nfSteps, written: nf.written, isSilent: said.kind === 'silent', isLooking }
}

/** The ports that the packet leaves by, bit i for port i. */
function setOfPorts({ terms }: Path, { answer, ports }: Done): Integer {
  const bits = Array.from({ length: ports.count }, (_, i) => {
    const port = terms.bv(ports.count - 1 - i, 32)
    return terms.ite(sendsTo(terms, answer, port, ports), terms.bv(1, 1), terms.bv(0, 1))
  })
  return new Integers(terms).unsigned(terms.concat(...bits))
}

/** The tables as they were before the packet, or as it left them, each to be looked at on its own. */
function bindings(pairing: Pairing, nf: PacketRun, when: 'before' | 'after'): Map<string, StateBinding> {
  return new Map(
    pairing.flatMap((pair) => {
      const binding = bindingOf(pair, nf, when)
      return binding === undefined ? [] : [[pair.state, binding] as const]
    }),
  )
}

function bindingOf(pair: Pair, nf: PacketRun, when: 'before' | 'after'): StateBinding | undefined {
  const { structure } = pair
  const found = structure && stateOf(nf, structure)
  if (found?.structure === 'expiring_map') {
    const state = when === 'before' ? found.state.over() : found.state.fork()
    return { kind: 'expiringMap', state, ...layoutsIn(pair) }
  }
  if (found?.structure === 'dchain') {
    return { kind: 'indexSet', state: when === 'before' ? found.state.over() : found.state.fork() }
  }
  return undefined
}

/** The threshold by which the specification lets a table expire, whatever the packet. */
function thresholdOf(
  table: string,
  { subject, expiries }: PropertyProof,
  { ingress, now }: AnyPacketRun,
  path: Path,
): Integer | undefined {
  const found = subject.reading.expiry({ path, ingress, now })
  const isFound = ({ line, column }: ExpiryCall): boolean =>
    found.some(({ place }) => place?.line === line && place.column === column)
  const [first, ...others] = found.filter((expiry) => expiry.table === table)
  if (expiries?.every(isFound) !== true || others.length > 0) {
    throw new Undecidable(
      `when ${table} expires depends on the packet: let it expire at the head of process, or say expireOlderThan in the property`,
    )
  }
  return first?.threshold
}
