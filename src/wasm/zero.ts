import type { Domain, Value } from './domain.js'
import { Unsupported } from './outcome.js'
import type { ValueType } from './types.js'

/** What a local is before it is set (core 2.0, section 4.2.1). Null references are 0. */
export function zeroOf<V extends Value>(domain: Domain<V>, type: ValueType): V {
  if (type === 'i64') return domain.i64(0n)
  if (type !== 'f32' && type !== 'f64') return domain.i32(0)
  if (domain.floats === undefined) throw new Unsupported(`a local variable of type ${type}`)
  return type === 'f32' ? domain.floats.f32(0) : domain.floats.f64(0n)
}
