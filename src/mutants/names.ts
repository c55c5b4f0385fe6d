import { loads, operators, stores } from '../wasm/index.js'

const OTHERS: ReadonlyMap<number, string> = new Map([
  [0x04, 'if'],
  [0x0d, 'br_if'],
  [0x1b, 'select'],
])

/** The name of an instruction that mutations speak of. */
export function nameOf(opcode: number): string {
  return (
    operators.get(opcode)?.name ??
    loads.get(opcode)?.name ??
    stores.get(opcode)?.name ??
    OTHERS.get(opcode) ??
    `0x${opcode.toString(16)}`
  )
}
