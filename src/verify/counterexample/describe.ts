/** A counterexample as data and in words. */
import { printLine } from '../../packet/index.js'
import type { Counterexample, SourcePlace } from '../../result/index.js'
import type { Places } from '../places.js'
import { callText } from './call-text.js'
import type { Found } from './search.js'

export function describeFound(
  { finding, failure, structures, handles }: Found,
  places: Places,
): Omit<Counterexample, 'conform'> {
  const { packets, detail, run, state, notes } = finding
  return {
    // What failed in a property's proof is the property, whatever obligation it came to.
    guarantee: detail.violation.kind === 'property' ? 'property' : (failure?.guarantee ?? detail.violation.kind),
    violation: { ...detail.violation, packet: packets.length },
    packets: packets.map(({ bytes, port, now }) => ({
      time: String(now),
      ingress: port,
      hex: Buffer.from(bytes).toString('hex'),
      text: printLine(bytes),
    })),
    state,
    ...(notes === undefined ? {} : { notes }),
    calls: run.calls.map((call) => ({
      text: callText(call, structures, handles),
      place: places.at(call.offset),
    })),
    path: linesOf(places.hasLines ? run.trace : run.calls.map(({ offset }) => offset), places),
  }
}

/** The lines of a way through the source, each told once where it runs on. Helpers that were compiled into it are left out. */
function linesOf(trace: readonly number[], places: Places): SourcePlace[] {
  const lines: SourcePlace[] = []
  for (const offset of trace) {
    const place = places.at(offset)
    const last = lines.at(-1)
    const isSame = last?.file === place.file && last.line === place.line && last.offset === place.offset
    if (!isSame && !places.isHelper(place)) lines.push(place)
  }
  return lines
}
