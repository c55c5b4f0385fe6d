/** A counterexample as data and in words. */
import { printLine } from '../../packet/index.js'
import type { Counterexample } from '../../result/verified.js'
import type { Structure } from '../machine/index.js'
import type { RealNf } from '../real-nf.js'
import type { Subject } from '../subject.js'
import { callText } from './call-text.js'
import type { Found } from './search.js'
import { SourcePath } from './source-path.js'

/** `real`: the binary that ran it. */
export function describeFound(
  { finding, failure }: Found,
  subject: Subject,
  structures: readonly Structure[],
  real: RealNf,
): Counterexample {
  const { packets, detail, run, state } = finding
  const path = new SourcePath(subject.nf)
  return {
    guarantee: failure?.obligation.guarantee ?? detail.violation.kind,
    violation: { ...detail.violation, packet: packets.length },
    packets: packets.map(({ bytes, port, now }) => ({
      time: String(now),
      ingress: port,
      hex: Buffer.from(bytes).toString('hex'),
      text: printLine(bytes),
    })),
    from: 'empty state',
    state,
    calls: run.calls.map((call) => ({
      text: callText(call, structures, real.handles),
      place: path.place(call.offset),
    })),
    path: path.lines(
      run.trace,
      run.calls.map(({ offset }) => offset),
    ),
  }
}
