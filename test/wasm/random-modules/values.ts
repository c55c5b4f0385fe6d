/** Values of JavaScript and of the concrete domain, each as the other, and in one printed form. */
import type { ConcreteValue, ValueType } from '../../../src/wasm/index.js'

const scratch = new DataView(new ArrayBuffer(8))

export function isReference(type: ValueType): boolean {
  return type === 'funcref' || type === 'externref'
}

/** A value of JavaScript as one of the concrete domain; of a reference, whether it is null. */
export function bitsOf(value: unknown, type: ValueType): ConcreteValue {
  if (isReference(type)) return value === null ? 0 : 1
  if (typeof value === 'bigint') return BigInt.asIntN(64, value)
  if (typeof value !== 'number') throw new TypeError('not a number')
  if (type === 'f32') {
    scratch.setFloat32(0, value)
    return scratch.getInt32(0)
  }
  if (type !== 'f64') return value | 0
  scratch.setFloat64(0, value)
  return scratch.getBigInt64(0)
}

/** A value of the concrete domain as one of JavaScript. References that go there are all null. */
export function numberOf(bits: ConcreteValue, type: ValueType): ConcreteValue | null {
  if (isReference(type)) return null
  if (type === 'f32' && typeof bits === 'number') {
    scratch.setInt32(0, bits)
    return scratch.getFloat32(0)
  }
  if (type !== 'f64' || typeof bits !== 'bigint') return bits
  scratch.setBigInt64(0, bits)
  return scratch.getFloat64(0)
}

/** As `bitsOf` has it. */
export function printOurs(value: ConcreteValue, type: ValueType): string {
  return printBits(isReference(type) && value !== 0 ? 1 : value)
}

export function printBits(value: ConcreteValue): string {
  return typeof value === 'number' ? `${value}` : `${value}n`
}
