/** Instructions on many bytes of memory or elements of a table at once (core 2.0, sections 4.4.6 and 4.4.7). */
import type { Domain, Value } from './domain.js'
import type { Frame } from './frame.js'
import type { Reference, Store, TableInstance } from './instance.js'
import type { Instruction } from './module.js'
import type { Operands } from './operands.js'
import { Trap } from './outcome.js'
import { tableOf } from './references.js'
import { mostElements } from './types.js'

const nothing = new Uint8Array()

export function executeBulk<V extends Value>(
  store: Store<V>,
  operands: Operands<V>,
  { opcode, a, b }: Instruction,
  frame: Frame<V>,
): void {
  const { instance } = frame
  switch (opcode) {
    case 0xfc08: {
      // memory.init
      const [to, from, length] = takeThree(operands)
      frame.memory.init(to, instance.data[a] ?? nothing, from, length)
      return
    }
    case 0xfc09: // data.drop
      instance.data[a] = nothing
      return
    case 0xfc0a: {
      // memory.copy
      const [to, from, length] = takeThree(operands)
      frame.memory.copy(to, from, length)
      return
    }
    case 0xfc0b: {
      // memory.fill
      const [to, value, length] = takeThree(operands)
      frame.memory.fill(to, value, length)
      return
    }
    case 0xfc0c: {
      // table.init
      const [to, from, length] = takeThree(operands)
      copyElements(store.domain, tableOf(instance, b), to, instance.elements[a] ?? [], from, length)
      return
    }
    case 0xfc0d: // elem.drop
      instance.elements[a] = []
      return
    case 0xfc0e: {
      // table.copy
      const [to, from, length] = takeThree(operands)
      copyElements(store.domain, tableOf(instance, a), to, tableOf(instance, b).elements, from, length)
      return
    }
    case 0xfc0f: {
      // table.grow
      const length = operands.pop()
      const reference = store.referenceOf(operands.pop())
      operands.push(store.domain.i32(growTable(store.domain, tableOf(instance, a), length, reference)))
      return
    }
    case 0xfc10: // table.size
      operands.push(store.domain.i32(tableOf(instance, a).elements.length))
      return
    case 0xfc11: {
      // table.fill
      const [to, value, length] = takeThree(operands)
      fillTable(store.domain, tableOf(instance, a), to, store.referenceOf(value), length)
      return
    }
    default:
      throw new Error(`opcode 0x${opcode.toString(16)} in a validated module`)
  }
}

function takeThree<V extends Value>(operands: Operands<V>): [V, V, V] {
  const third = operands.pop()
  const second = operands.pop()
  return [operands.pop(), second, third]
}

/** Copies elements, as if through a buffer in between; traps before it writes anything. */
export function copyElements<V extends Value>(
  domain: Domain<V>,
  { elements }: TableInstance<V>,
  to: V,
  source: readonly Reference<V>[],
  from: V,
  length: V,
): void {
  // At the end is still in bounds where nothing is copied.
  const start = domain.index(from, source.length + 1)
  const target = domain.index(to, elements.length + 1)
  const count = domain.index(length, Math.max(source.length, elements.length) + 1)
  if (start + count > source.length || target + count > elements.length) throw new Trap('out of bounds table access')
  for (const [index, reference] of source.slice(start, start + count).entries()) elements[target + index] = reference
}

function fillTable<V extends Value>(
  domain: Domain<V>,
  { elements }: TableInstance<V>,
  to: V,
  reference: Reference<V>,
  length: V,
): void {
  const target = domain.index(to, elements.length + 1)
  const count = domain.index(length, elements.length + 1)
  if (target + count > elements.length) throw new Trap('out of bounds table access')
  elements.fill(reference, target, target + count)
}

function growTable<V extends Value>(
  domain: Domain<V>,
  { elements, most }: TableInstance<V>,
  length: V,
  reference: Reference<V>,
): number {
  const room = mostElements(most) - elements.length
  const count = domain.index(length, room + 1)
  if (count > room) return -1
  const before = elements.length
  for (let index = 0; index < count; index++) elements.push(reference)
  return before
}
