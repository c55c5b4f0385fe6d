/** What a specification answers on one path: ports as a set that a port is in or not. */
import type { Term } from '../../smt/index.js'
import { type Egress, errorHere, ForwardVerdict } from '../../spec/instrumented/index.js'
import type { Site, Verdict, VerdictKind } from '../../spec/verdict.js'
import { numberShift } from './bitwise.js'
import type { ExpectedFrame } from './expected.js'
import type { Integer } from './integer.js'
import { SymbolicPacket } from './packet.js'
import type { Run } from './run.js'

export interface SymbolicVerdict {
  readonly kind: VerdictKind
  /** Whether the packet must leave on a port, given that it is one: below the number of ports. Nothing for `any`. */
  readonly leavesOn: (port: Integer) => Term
  /** What must leave, if anything does; undefined for `drop` and `any`. */
  readonly expected: ExpectedFrame | undefined
  readonly site: Site | undefined
}

export function readVerdict(run: Run, verdict: Verdict, ingress: Integer): SymbolicVerdict {
  const { kind, site } = verdict
  return { kind, leavesOn: leavesOn(run, verdict, ingress), expected: expectedOf(verdict), site }
}

function expectedOf({ packet }: Verdict): ExpectedFrame | undefined {
  const given: unknown = packet
  if (given === undefined) return undefined
  if (given instanceof SymbolicPacket) return given.expected
  throw errorHere('a verdict takes the packet, or what packet.with gave')
}

function leavesOn(run: Run, verdict: Verdict, ingress: Integer): (port: Integer) => Term {
  const { integers, terms } = run
  switch (verdict.kind) {
    case 'drop':
    case 'any':
      return () => terms.false
    case 'flood':
      return (port) => terms.not(integers.eq(port, ingress))
    case 'forward':
      return verdict instanceof ForwardVerdict
        ? ofEgress(run, verdict.egress)
        : ofEgress(run, { kind: 'set', set: verdict.ports })
  }
}

function ofEgress(run: Run, egress: Egress): (port: Integer) => Term {
  const { integers, terms, portCount } = run
  const what = 'the packet is sent to a port that does not exist'
  if (egress.kind === 'ports') {
    const most = BigInt(portCount) - 1n
    const ports = egress.ports.map((port) => run.fitting(run.integer(port, 'a port'), 0n, most, what))
    return (port) => terms.any(ports.map((each) => integers.eq(each, port)))
  }
  const set = run.fitting(run.integer(egress.set, 'a set of ports'), 0n, (1n << BigInt(portCount)) - 1n, what)
  return (port) => {
    const shifted = numberShift(integers, '>>>', set, port)
    return terms.eq(terms.extract(0, 0, integers.bits(shifted, 32)), terms.bv(1, 1))
  }
}
