/** A packet of which nothing is known: any bytes, any length up to a limit, any port, any time. */
import { Integers, widthOf } from '../../domains/symbolic/integer.js'
import type { Path } from '../../domains/symbolic/path.js'
import { WrittenFrame } from '../../domains/symbolic/written-frame.js'
import { bitVecSort } from '../../smt/index.js'
import type { PacketInput } from './run.js'

export interface PacketLimits {
  readonly portCount: number
  /** Bytes; 1,514 unless given. */
  readonly longest?: number
}

const TIME_BITS = 62
/** Bytes of the longest packet, where nothing else is said. */
export const LONGEST_FRAME = 1514

/** Its variables are named `packet.length`, `packet.byte`, `port`, `now` and `last`. */
export function anyPacket(path: Path, { portCount, longest = LONGEST_FRAME }: PacketLimits): PacketInput {
  const { terms } = path
  const length = terms.variable('packet.length', bitVecSort(16))
  const port = terms.variable('port', bitVecSort(5))
  const now = terms.variable('now', bitVecSort(TIME_BITS))
  const last = terms.variable('last', bitVecSort(TIME_BITS))
  path.assume(terms.ule(length, terms.bv(longest, 16)))
  path.assume(terms.ult(terms.zeroExtendTo(32, port), terms.bv(portCount, 32)))
  path.assume(terms.ule(last, now))
  return {
    frame: WrittenFrame.arbitrary({ path, integers: new Integers(terms) }, 'packet', length),
    // As few bits as there are ports, so that both sides see one term; the others are zero.
    port: terms.zeroExtendTo(32, terms.extract(widthOf(0n, BigInt(portCount) - 1n) - 1, 0, port)),
    now: terms.zeroExtendTo(64, now),
    last: terms.zeroExtendTo(64, last),
  }
}
