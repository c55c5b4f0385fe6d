/** Literals of a script as values of the concrete domain, and whether a result is what was expected. */
import type { ConcreteValue, ExternReference, Store } from '../../../src/wasm/index.js'
import type { Literal } from './script.js'

/** A literal of a type that is not supported: the feature that it is of. */
export class UnsupportedLiteral extends Error {
  readonly feature: string

  constructor(type: string) {
    super(`a literal of type ${type}`)
    this.feature = type === 'v128' ? 'SIMD' : `values of type ${type}`
  }
}

/** References of the host by their number, the same object each time. */
export class HostReferences {
  readonly #references = new Map<string, ExternReference>()

  get(number: string): ExternReference {
    const known = this.#references.get(number)
    if (known !== undefined) return known
    const reference: ExternReference = { kind: 'extern', value: `host ${number}` }
    this.#references.set(number, reference)
    return reference
  }
}

export function toValue(
  { type, value = '0' }: Literal,
  store: Store<ConcreteValue>,
  host: HostReferences,
): ConcreteValue {
  switch (type) {
    case 'i32':
    case 'f32':
      return Number(BigInt.asIntN(32, BigInt(value)))
    case 'i64':
    case 'f64':
      return BigInt.asIntN(64, BigInt(value))
    case 'funcref':
    case 'externref':
      return store.valueOf(value === 'null' ? null : host.get(value))
    default:
      throw new UnsupportedLiteral(type)
  }
}

const F32_QUIET = 0x7fc0_0000
const F64_QUIET = 0x7ff8_0000_0000_0000n

export function isExpected(
  actual: ConcreteValue | undefined,
  expected: Literal,
  store: Store<ConcreteValue>,
  host: HostReferences,
): boolean {
  if (actual === undefined) return false
  const { type, value } = expected
  // Any sign will do for a canonical NaN, any sign and payload for an arithmetic one (core 2.0, section 4.3.3).
  if (value === 'nan:canonical') {
    return typeof actual === 'number' ? (actual & 0x7fff_ffff) === F32_QUIET : BigInt.asUintN(63, actual) === F64_QUIET
  }
  if (value === 'nan:arithmetic') {
    return typeof actual === 'number' ? (actual & F32_QUIET) === F32_QUIET : (actual & F64_QUIET) === F64_QUIET
  }
  if (value === undefined && (type === 'funcref' || type === 'externref')) return store.referenceOf(actual) !== null
  return actual === toValue(expected, store, host)
}

export function printValue(value: ConcreteValue): string {
  return typeof value === 'number'
    ? `0x${(value >>> 0).toString(16)}`
    : `0x${BigInt.asUintN(64, value).toString(16)}:64`
}
