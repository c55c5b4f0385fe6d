import test from 'ava'
import fc from 'fast-check'

import { Undecidable } from '../../../src/domains/symbolic/path.js'
import { bitVecSort } from '../../../src/smt/index.js'
import { SymbolicDomain } from '../../../src/verify/machine/domain.js'
import { Pointer } from '../../../src/verify/machine/index.js'
import { KnownPath } from '../../domains/symbolic/known-path.js'

const ADD = 0x6a
const SUB = 0x6b
const EQ = 0x46
const AND = 0x71
const EQZ = 0x45

function setting() {
  const path = new KnownPath()
  const decided: string[] = []
  const domain = new SymbolicDomain(path, {
    place: () => undefined,
    onDecision: ({ op }) => {
      decided.push(op)
    },
  })
  return { path, domain, decided, zero: path.terms.bv(0, 32) }
}

test('a branch table goes where its index says, with one decision for each target', (t) => {
  const targets = fc.array(fc.nat(3), { minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(targets, fc.nat(20), (all, index) => {
      const { path, domain, decided } = setting()
      const chosen = domain.choose(path.variable('i', 32, BigInt(index)), all)
      t.is(chosen, all[Math.min(index, all.length - 1)] ?? -1)
      t.true(decided.length < new Set(all).size)
    }),
  )
})

test('a handle can be compared with null, and nothing else', (t) => {
  const { path, domain, zero } = setting()
  const { integers } = { integers: path.terms }
  const structure = { name: 'map1', kind: 'map', sizes: [], origin: 'nf_init' } as const
  const handle = new Pointer({ kind: 'handle', structure }, zero)
  t.is(domain.unary(EQZ, handle), zero)
  t.is(domain.binary(EQ, handle, zero), zero)
  t.true(domain.truth(handle))
  t.throws(() => domain.binary(AND, handle, integers.bv(1, 32)), { instanceOf: Undecidable })
  t.throws(() => domain.binary(ADD, handle, integers.bv(4, 32)), { instanceOf: Undecidable })
  t.throws(() => domain.binary(EQ, handle, integers.bv(7, 32)), { instanceOf: Undecidable })
})

test("the packet's address can be moved, and not looked at", (t) => {
  const { path, domain, zero } = setting()
  const packet = new Pointer({ kind: 'packet' }, zero)
  const moved = domain.binary(ADD, path.terms.bv(14, 32), packet)
  t.true(moved instanceof Pointer && moved.offset === path.terms.bv(14, 32))
  t.is(domain.binary(SUB, moved, packet), path.terms.bv(14, 32))
  t.throws(() => domain.unary(EQZ, packet), { instanceOf: Undecidable })
  t.throws(() => domain.binary(EQ, packet, zero), { instanceOf: Undecidable })
  t.throws(() => domain.truth(packet), { instanceOf: Undecidable })
})

test('a select of two places in one object is a place in it, of two objects a decision', (t) => {
  const { path, domain, decided, zero } = setting()
  const base = { kind: 'packet' } as const
  const condition = path.terms.zeroExtendTo(32, path.terms.variable('c', bitVecSort(1)))
  const [near, far] = [new Pointer(base, zero), new Pointer(base, path.terms.bv(9, 32))]
  const either = domain.select(condition, far, near)
  t.true(either instanceof Pointer && either.base === base)
  t.is(decided.length, 0)
  t.is(domain.select(condition, far, path.terms.bv(1, 32)), path.terms.bv(1, 32))
  t.is(decided.length, 1)
})
