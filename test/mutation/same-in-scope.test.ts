import test from 'ava'

import { changed } from '../../src/mutants/index.js'
import { loadLibvig, type OriginalLibvig } from '../../src/mutation/libvig/original.js'
import { sameInScope } from '../../src/mutation/libvig/same-in-scope.js'
import { openSyncSolver, type SyncSolver } from '../../src/smt/index.js'
import type { Scope } from '../../src/verify/libvig/scopes.js'
import { decodeModule } from '../../src/wasm/index.js'

let libvig: OriginalLibvig
let solver: SyncSolver

test.before(async () => {
  libvig = await loadLibvig(1)
  solver = await openSyncSolver({ backends: ['z3-inline'] })
})

const CHAIN: Scope = { structures: { chain: { kind: 'dchain', sizes: [1] } } }
const NEW_VECTOR: Scope = { structures: {}, allocated: { kind: 'vector', sizes: [1, 1] } }

/** Of the changes of an operation that are described so, the last that is a mutant. */
function compared(operation: string, what: string, scope: Scope): string {
  const found = libvig.changes.findLast((each) => each.functionName === operation && each.what === what)
  const wasm = found && changed(libvig.wasm, found)
  if (wasm === undefined) throw new RangeError(`${operation}: no ${what}`)
  return sameInScope(libvig, { wasm, module: decodeModule(wasm) }, { operation, scope }, solver).kind
}

test('what differs for an index in use alone is told: every shape is compared', (t) => {
  t.is(compared('dchain_rejuvenate_index', 'i32.const 1 becomes 0', CHAIN), 'different')
})

test('what is written otherwise is told, though the result is the same', (t) => {
  t.is(compared('dchain_rejuvenate_index', 'i64.store is left out', CHAIN), 'different')
})

test('globals that are left otherwise are told, though result and memory are the same', (t) => {
  t.is(compared('vector_allocate', 'i64.const 63 becomes 0', NEW_VECTOR), 'different')
})

test('what changes nothing in a scope is the same there', (t) => {
  t.is(compared('dchain_rejuvenate_index', 'i32.load becomes i32.load16_u', CHAIN), 'same')
})
