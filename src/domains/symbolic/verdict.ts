/** What a specification answers on one path: ports as a set that a port is in or not. */
import type { Term } from '../../smt/index.js'
import { type Egress, errorHere, FormsVerdict, ForwardVerdict } from '../../spec/instrumented/index.js'
import type { Site, Verdict, VerdictKind } from '../../spec/verdict.js'
import { numberShift } from './bitwise.js'
import type { ExpectedFrame } from './expected.js'
import type { Integer } from './integer.js'
import { SymbolicPacket } from './packet.js'
import { RetaggedPacket } from './retagged.js'
import type { Run } from './run.js'

/** Whether the packet must leave on a port, given that it is one: below the number of ports. */
export type LeavesOn = (port: Integer) => Term

/** What must leave by some ports. */
export interface SymbolicForm {
  readonly leavesOn: LeavesOn
  /** Undefined where it is longer or shorter than the packet that came in, and bytes of that are not known. */
  readonly expected: ExpectedFrame | undefined
}

export interface SymbolicVerdict {
  readonly kind: VerdictKind
  /** By any form; nothing for `any`. */
  readonly leavesOn: LeavesOn
  /** None for `drop` and `any`. */
  readonly forms: readonly SymbolicForm[]
  readonly site: Site | undefined
}

export function readVerdict(run: Run, verdict: Verdict, ingress: Integer): SymbolicVerdict {
  const { kind, site } = verdict
  const forms = formsOf(run, verdict, ingress)
  return { kind, forms, leavesOn: (port) => run.terms.any(forms.map(({ leavesOn }) => leavesOn(port))), site }
}

function formsOf(run: Run, verdict: Verdict, ingress: Integer): readonly SymbolicForm[] {
  const { integers, terms } = run
  switch (verdict.kind) {
    case 'drop':
    case 'any':
      return []
    case 'flood':
      return [formOf(verdict.packet, (port) => terms.not(integers.eq(port, ingress)))]
    case 'forward':
      if (verdict instanceof FormsVerdict) return apart(run, verdict)
      if (verdict instanceof ForwardVerdict) return [formOf(verdict.packet, ofEgress(run, verdict.egress))]
      if (verdict.packet === undefined) return [] // forwardEach with no port
      return (verdict.forms ?? [verdict]).map(({ packet, ports }) =>
        formOf(packet, ofEgress(run, { kind: 'set', set: ports })),
      )
  }
}

function formOf(packet: unknown, leavesOn: LeavesOn): SymbolicForm {
  if (packet instanceof SymbolicPacket || packet instanceof RetaggedPacket)
    return { leavesOn, expected: packet.expected }
  throw errorHere('a verdict takes the packet, or what packet.with gave')
}

/** No port is given two packets. */
function apart(run: Run, { egresses }: FormsVerdict): readonly SymbolicForm[] {
  const { integers, terms } = run
  const forms = egresses.map(({ egress, packet }) => formOf(packet, ofEgress(run, egress)))
  for (let port = 0; port < run.portCount; port++) {
    const given = forms.map(({ leavesOn }) => leavesOn(integers.of(BigInt(port))))
    for (const [at, one] of given.entries()) {
      const others = terms.any(given.slice(at + 1))
      run.oblige('forwardEach gives no port two packets', terms.not(terms.and(one, others)))
    }
  }
  return forms
}

function ofEgress(run: Run, egress: Egress): LeavesOn {
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
