import test from 'ava'

import { LentMemory } from '../../src/verify/lent-memory.js'

const [MAP, VECTOR, AT] = [100, 200, 5000]

function lent(used = true) {
  const memory = new LentMemory(() => used)
  memory.note({ name: 'expiring_map_allocate', args: [8, 4, 16, 0], result: 1, out: MAP })
  memory.note({ name: 'vector_allocate', args: [12, 16, 0], result: 1, out: VECTOR })
  const may = (address: number, size: number, isWrite = true) => memory.allows({ address, size, isWrite })
  return { memory, may }
}

test('a value may be written as far as it goes, while its entry is in use', (t) => {
  const { memory, may } = lent()
  t.false(may(AT, 4))
  memory.note({ name: 'expiring_map_value', args: [MAP, 3], result: AT, out: 0 })
  t.true(may(AT, 4))
  t.true(may(AT + 3, 1))
  t.false(may(AT + 1, 4))
  t.false(may(AT - 1, 2))
  const gone = lent(false)
  gone.memory.note({ name: 'expiring_map_value', args: [MAP, 3], result: AT, out: 0 })
  t.false(gone.may(AT, 4))
})

test('a key may be read and not written', (t) => {
  const { memory, may } = lent()
  memory.note({ name: 'expiring_map_key', args: [MAP, 3], result: AT, out: 0 })
  t.true(may(AT, 8, false))
  t.false(may(AT, 8, true))
  t.false(may(AT, 9, false))
})

test('a cell is lent until it is given back, and nothing beyond the packet', (t) => {
  const { memory, may } = lent()
  const borrow = (index: number) =>
    memory.note({ name: 'vector_borrow', args: [VECTOR, index, 0], result: undefined, out: AT + 12 * index })
  borrow(0)
  borrow(1)
  memory.note({ name: 'vector_return', args: [VECTOR, 0], result: undefined, out: 0 })
  t.false(may(AT, 12))
  t.true(may(AT + 12, 12))
  memory.restart()
  t.false(may(AT + 12, 12))
})
