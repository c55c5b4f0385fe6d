import test from 'ava'

import { exportedFunction } from '../../../src/nf/exports.js'
import { compileLibvig } from '../../../src/nf/index.js'
import { DEFAULT_MEMORY, HOST_SCRATCH, PAGE } from '../../../src/nf/memory-map.js'
import { bitVecSort, Evaluator, openSyncSolver, Terms } from '../../../src/smt/index.js'
import { explore } from '../../../src/verify/exploration/explore.js'
import { LibvigMachine } from '../../../src/verify/libvig/machine.js'
import { modelWithHashes } from '../../../src/verify/libvig/model-with-hashes.js'
import { readingOf } from '../../../src/verify/libvig/reading.js'
import { decodeModule } from '../../../src/wasm/index.js'

const KEY = HOST_SCRATCH
const OTHER = HOST_SCRATCH + 0x100
const SIZE = 5
const HOME_BITS = 3

function realHash(wasm: Uint8Array, key: bigint): number {
  const pages = DEFAULT_MEMORY / PAGE
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages })
  const instance = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(wasm)), { env: { memory } })
  Buffer.from(memory.buffer, KEY).write(key.toString(16).padStart(2 * SIZE, '0'), 'hex')
  return Number(exportedFunction(instance, 'hash')(KEY, SIZE)) >>> 0
}

for (const isPassed of [true, false]) {
  const from = isPassed ? 'the home of a key that is passed' : 'a bucket that is any'
  test(`a model has the hashes of the real binary where homes are counted from ${from}`, async (t) => {
    const { wasm } = await compileLibvig()
    const solver = await openSyncSolver({ backends: ['z3-embedded'] })
    t.teardown(() => solver.close())
    const terms = new Terms()
    const { paths } = explore(
      (path) => {
        const machine = new LibvigMachine(path, decodeModule(wasm))
        const keys = [KEY, OTHER].map((address) => {
          const key = path.fresh('key', bitVecSort(8 * SIZE))
          machine.memory.setBytes(address, key)
          return { address, key }
        })
        const reading = readingOf(machine, isPassed ? { address: KEY, size: SIZE } : undefined)
        const first = reading.firstBucket(HOME_BITS)
        const homes = keys.map(({ address }) =>
          terms.extract(HOME_BITS - 1, 0, reading.hashOf(terms.bv(address, 32), SIZE)),
        )
        // Both are at home in the same bucket, the one after the first or the first itself.
        const wanted = terms.add(first, terms.bv(isPassed ? 0 : 1, HOME_BITS))
        for (const home of homes) path.assume(terms.eq(home, wanted))
        path.assume(terms.not(terms.eq(keys[0]?.key ?? first, keys[1]?.key ?? first)))
        return { exact: machine.exactProducts, hashed: machine.hashed, keys: keys.map(({ key }) => key), homes }
      },
      { terms, solver },
    )
    const [path] = paths
    if (path?.end.kind !== 'ended') return t.fail('it does not end')
    const { keys, homes, ...hashing } = path.end.result
    const model = modelWithHashes(terms, solver, path.facts, hashing)
    if (model === undefined) return t.fail('no model')
    const values = new Evaluator(model)
    const hashes = keys.map((key) => realHash(wasm, BigInt(String(values.value(key)))))
    const said = homes.map((home) => Number(values.value(home)))
    t.deepEqual(
      hashes.map((hash) => hash % 2 ** HOME_BITS),
      said,
    )
    t.is(said[0], said[1])
    t.true(path.facts.every((fact) => values.holds(fact)))
  })
}
