/** A packet of which nothing is known: any bytes, any length up to a limit, any port, any time. */
import { Integers } from '../../domains/symbolic/integer.js'
import type { Path } from '../../domains/symbolic/path.js'
import { WrittenFrame } from '../../domains/symbolic/written-frame.js'
import { bitVecSort, type Term, type Terms } from '../../smt/index.js'
import type { PacketInput } from './run.js'

export interface PacketLimits {
  readonly portCount: number
  /** Bytes; 1,514 unless given. */
  readonly longest?: number
}

const TIME_BITS = 62
const LONGEST = 1514

/** Its variables are named `packet.length`, `packet.byte`, `port`, `now` and `last`. */
export function anyPacket(path: Path, { portCount, longest = LONGEST }: PacketLimits): PacketInput {
  const { terms } = path
  const length = terms.variable('packet.length', bitVecSort(16))
  const { port, now } = packetVariables(terms)
  const last = timeVariable(terms, 'last')
  path.assume(terms.ule(length, terms.bv(longest, 16)))
  path.assume(terms.ult(port, terms.bv(portCount, 32)))
  path.assume(terms.ule(last, now))
  return { frame: WrittenFrame.arbitrary({ path, integers: new Integers(terms) }, 'packet', length), port, now, last }
}

/** Where and when any packet comes in. */
export function packetVariables(terms: Terms): Pick<PacketInput, 'port' | 'now'> {
  return { port: terms.zeroExtendTo(32, terms.variable('port', bitVecSort(5))), now: timeVariable(terms, 'now') }
}

function timeVariable(terms: Terms, name: string): Term {
  return terms.zeroExtendTo(64, terms.variable(name, bitVecSort(TIME_BITS)))
}
