/** References and single elements of tables (core 2.0, sections 4.4.2 and 4.4.6). */
import type { Value } from './domain.js'
import type { Frame } from './frame.js'
import type { Instance, Store, TableInstance } from './instance.js'
import type { Instruction } from './module.js'
import type { Operands } from './operands.js'
import { Trap } from './outcome.js'

const I32_EQZ = 0x45

export function executeReference<V extends Value>(
  store: Store<V>,
  operands: Operands<V>,
  { opcode, a }: Instruction,
  { instance }: Frame<V>,
): void {
  switch (opcode) {
    case 0x25: {
      // table.get
      const { elements } = tableOf(instance, a)
      const element = elements[store.domain.index(operands.pop(), elements.length)]
      if (element === undefined) throw new Trap('out of bounds table access')
      operands.push(store.valueOf(element))
      return
    }
    case 0x26: {
      // table.set
      const { elements } = tableOf(instance, a)
      const reference = store.referenceOf(operands.pop())
      const index = store.domain.index(operands.pop(), elements.length)
      if (index >= elements.length) throw new Trap('out of bounds table access')
      elements[index] = reference
      return
    }
    case 0xd0: // ref.null
      operands.push(store.valueOf(null))
      return
    case 0xd1: // ref.is_null: null is 0
      operands.push(store.domain.unary(I32_EQZ, operands.pop()))
      return
    case 0xd2: // ref.func
      operands.push(store.valueOf(instance.functions[a] ?? null))
      return
    default:
      throw new Error(`opcode 0x${opcode.toString(16)} in a validated module`)
  }
}

export function tableOf<V extends Value>(instance: Instance<V>, index: number): TableInstance<V> {
  const table = instance.tables[index]
  if (table === undefined) throw new Error(`table ${index} in a validated module`)
  return table
}
