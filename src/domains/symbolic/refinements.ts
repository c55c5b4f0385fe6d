/**
 * What the type of a record's field says beyond its width: `port` is below the number of ports,
 * `timestamp` not later than this packet, `upTo` and `slotOf` below their bounds. Proved of everything that is stored,
 * so known of everything that is read.
 */
import type { Term } from '../../smt/index.js'
import type { Integer } from './integer.js'
import type { AnyFieldType } from './record-layout.js'
import type { Run } from './run.js'

/** The largest value of a field, both bounds included; smallest is 0. */
export function mostOf(type: AnyFieldType, portCount: number): bigint {
  const widest = (1n << BigInt(type.bits)) - 1n
  const most = refinedMost(type, portCount)
  return most === undefined || most > widest ? widest : most
}

function refinedMost({ kind, bound }: AnyFieldType, portCount: number): bigint | undefined {
  if (kind === 'port') return BigInt(portCount) - 1n
  if (kind === 'slotOf' && bound !== undefined) return BigInt(bound) - 1n
  return kind === 'upTo' && bound !== undefined ? BigInt(bound) : undefined
}

/** That a time in a record is not in the future. */
export function isPast(run: Run, type: AnyFieldType, value: Integer): Term {
  return type.kind === 'timestamp' ? run.integers.le(value, run.now) : run.terms.true
}
