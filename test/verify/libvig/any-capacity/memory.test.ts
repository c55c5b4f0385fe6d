import test from 'ava'
import fc from 'fast-check'

import { bitVecSort, Evaluator, Model, openSyncSolver, type SyncSolver, Terms } from '../../../../src/smt/index.js'
import { explore } from '../../../../src/verify/exploration/explore.js'
import { Broken, LoggedMemory } from '../../../../src/verify/libvig/any-capacity/memory.js'

let solver: SyncSolver

test.before(async () => {
  solver = await openSyncSolver({ backends: ['z3-embedded'] })
})

test.after.always(async () => {
  await solver.close()
})

const SPACE = 16
const place = fc.integer({ min: 0, max: SPACE - 9 })
const write = fc.oneof(
  fc.record({
    kind: fc.constant('number' as const),
    at: place,
    size: fc.constantFrom(1, 2, 4, 8),
    value: fc.bigInt(0n, (1n << 64n) - 1n),
  }),
  fc.record({
    kind: fc.constant('fill' as const),
    at: place,
    length: fc.integer({ min: 0, max: 8 }),
    byte: fc.nat(255),
  }),
)

test('what is read at an address that is not known is what an engine has there', (t) => {
  fc.assert(
    fc.property(fc.array(write, { maxLength: 4 }), place, fc.constantFrom(1, 2, 4, 8), (writes, from, size) => {
      const terms = new Terms()
      const real = new Uint8Array(SPACE)
      const model = new Model()
      const { paths } = explore(
        (path) => {
          const watch = { place: () => undefined, onDecision: () => {} }
          const memory = new LoggedMemory(path, watch)
          const known = (name: string, value: bigint, width: number) => {
            const term = path.fresh(name, bitVecSort(width))
            if (term.symbol !== undefined) model.variables.set(term.symbol, value)
            return term
          }
          memory.fill(terms.bv(0, 32), terms.bv(0, 32), terms.bv(SPACE, 32))
          for (const each of writes) {
            const at = known('at', BigInt(each.at), 32)
            if (each.kind === 'number')
              memory.setNumber(at, known('value', BigInt.asUintN(8 * each.size, each.value), 8 * each.size))
            else memory.fill(at, known('byte', BigInt(each.byte), 32), known('length', BigInt(each.length), 32))
          }
          return memory.number(known('from', BigInt(from), 32), size)
        },
        { terms, solver, isJudging: false, limits: { deciding: { effort: 1_000, time: 100 } } },
      )
      for (const each of writes) {
        if (each.kind === 'fill') real.fill(each.byte, each.at, each.at + each.length)
        else
          for (let byte = 0; byte < each.size; byte++)
            real[each.at + byte] = Number(BigInt.asUintN(8, each.value >> BigInt(8 * byte)))
      }
      const [path] = paths
      if (path?.end.kind !== 'ended') throw new RangeError('it does not end')
      const expected = [...real.slice(from, from + size)].reduce(
        (sum, byte, at) => sum + (BigInt(byte) << BigInt(8 * at)),
        0n,
      )
      t.is(new Evaluator(model).value(path.end.result), expected)
    }),
    { numRuns: 15 },
  )
})

for (const [start, size, isAllowed] of [
  [0x1000, 4, true],
  [0x0fff, 4, false],
  [0x100d, 4, false],
  [0xffff_fffe, 4, false],
] as const) {
  test(`${size} bytes at 0x${start.toString(16)} are ${isAllowed ? '' : 'not '}in 16 bytes at 0x1000`, (t) => {
    const terms = new Terms()
    const { paths } = explore(
      (path) => {
        const memory = new LoggedMemory(path, { place: () => undefined, onDecision: () => {} })
        memory.extents = [{ name: 'it', start: terms.bv(0x1000, 32), size: terms.bv(16, 64), access: 'write' }]
        try {
          memory.fill(terms.bv(start, 32), terms.bv(0, 32), terms.bv(size, 32))
        } catch (error) {
          // The run ends where an access is not allowed.
          if (!(error instanceof Broken)) throw error
        }
      },
      { terms, solver },
    )
    const answers = paths.flatMap(({ obligations }) => obligations.map(({ answer }) => answer.kind))
    t.deepEqual(answers, [isAllowed ? 'holds' : 'fails'])
  })
}
