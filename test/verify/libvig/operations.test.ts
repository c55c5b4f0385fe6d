import test from 'ava'

import { compileLibvig } from '../../../src/nf/index.js'
import { openSyncSolver, type SyncSolver } from '../../../src/smt/index.js'
import type { LibvigProof } from '../../../src/verify/libvig/proof.js'
import { proveOperation } from '../../../src/verify/libvig/prove.js'
import { type Scope, scopesUpTo } from '../../../src/verify/libvig/scopes.js'
import { decodeModule } from '../../../src/wasm/index.js'

let solver: SyncSolver
let original: Uint8Array

test.before(async () => {
  solver = await openSyncSolver({ backends: ['z3-embedded'] })
  original = (await compileLibvig()).wasm
})

test.after.always(async () => {
  await solver.close()
})

function proved(operation: string, scope: Scope, wasm = original): LibvigProof {
  return proveOperation({ wasm, module: decodeModule(wasm) }, { operation, scope }, solver)
}

const CHAIN: Scope = { structures: { chain: { kind: 'dchain', sizes: [2] } } }
const MAP: Scope = { structures: { map: { kind: 'map', sizes: [4, 1] } } }
const EXPIRING_MAP: Scope = { structures: { map: { kind: 'expiring_map', sizes: [4, 8, 1] } } }
const VECTOR: Scope = { structures: { vector: { kind: 'vector', sizes: [5, 2] } } }

type Change = readonly [opcode: number, at: number, to: number]

const holding: readonly (readonly [string, Scope, readonly string[]])[] = [
  ['dchain_allocate_new_index', CHAIN, ['allocated', 'full']],
  ['dchain_expire', CHAIN, ['expired']],
  ['dchain_free_index', CHAIN, ['not in use', 'freed']],
  ['map_get', MAP, ['absent', 'found']],
  ['map_put', MAP, ['put']],
  ['expiring_map_touch', EXPIRING_MAP, ['absent', 'refreshed']],
  ['expiring_map_insert', EXPIRING_MAP, ['inserted', 'full']],
  ['expiring_map_value', EXPIRING_MAP, ['lent']],
  ['vector_borrow', VECTOR, ['lent']],
  ['vector_return', VECTOR, ['given back']],
  ['map_allocate', { structures: {}, allocated: { kind: 'map', sizes: [3, 2] } }, ['made', 'out of memory']],
  ['map_allocate', { structures: {}, allocated: { kind: 'map', sizes: undefined } }, ['refused']],
  ['checksum_update_u128', { structures: {} }, ['updated']],
  ['checksum_ones_complement', { structures: {}, length: 7 }, ['summed']],
  ['checksum_ones_complement', { structures: {}, length: 0 }, ['summed']],
  ['ipv4_header_checksum_ok', { structures: {}, length: 24 }, ['judged']],
  ['transport_checksum_ok', { structures: {}, length: 9 }, ['judged', 'no checksum']],
]
for (const [operation, scope, outcomes] of holding) {
  const bytes = scope.length === undefined ? '' : ` of ${scope.length} bytes`
  test(`${operation}${bytes} does what its contract says, each outcome of it: ${outcomes.join(', ')}`, (t) => {
    const proof = proved(operation, scope)
    t.is(proof.verdict, 'proved', proof.cause ?? '')
    t.deepEqual([...proof.outcomes].sort(), [...outcomes].sort())
  })
}

/** The binary with one byte of the first such instruction of an operation changed: its opcode, or what follows. */
function changed(operation: string, opcode: number, at: number, to: number): Uint8Array {
  const code = decodeModule(original).code.find(({ name }) => name === operation)
  const instruction = code?.instructions.find((each) => each.opcode === opcode)
  if (instruction === undefined) throw new RangeError(`${operation} has no instruction 0x${opcode.toString(16)}`)
  const bytes = new Uint8Array(original)
  bytes[instruction.offset + at] = to
  return bytes
}

const [I32_STORE, I64_STORE, I64_STORE32] = [0x36, 0x37, 0x3e] as const
const [I64_NE, I64_EQ, I64_GE, I64_GT] = [0x52, 0x51, 0x59, 0x55] as const
const [I32_EQ, I32_NE, I32_ADD, I32_SUB, I64_ADD, I64_OR] = [0x46, 0x47, 0x6a, 0x6b, 0x7c, 0x84] as const
/** Of a store: where the number is that is added to its address. */
const OFFSET = 2
const ONE: Scope = { structures: { chain: { kind: 'dchain', sizes: [1] } } }
const NEW_VECTOR: Scope = { structures: {}, allocated: { kind: 'vector', sizes: [5, 2] } }
const wrong: (readonly [string, string, Change, Scope, string])[] = [
  ['dchain_expire', 'expires what is as old as the threshold', [I64_GE, 0, I64_GT], ONE, 'the result is as promised'],
  ['dchain_is_index_allocated', 'takes free for used', [I64_NE, 0, I64_EQ], ONE, 'the result is as promised'],
  ['dchain_free_index', 'writes its time beside', [I64_STORE, OFFSET, 127], ONE, 'writes 8 bytes only where it may'],
  ['dchain_free_index', 'writes a link into the other one', [I32_STORE, OFFSET, 0], CHAIN, 'chain: links lead back'],
  [
    'vector_allocate',
    'leaves out where its cells are',
    [I32_STORE, OFFSET, 8],
    NEW_VECTOR,
    'its parts lie on the heap',
  ],
  [
    'vector_allocate',
    'leaves out how far they are apart',
    [I64_STORE32, OFFSET, 8],
    NEW_VECTOR,
    'it is of the sizes asked for',
  ],
]
const SUM: Scope = { structures: {}, length: 4 }
const HEADER: Scope = { structures: {}, length: 20 }
const MESSAGE: Scope = { structures: {}, length: 9 }
const NUMBERS: Scope = { structures: {} }
wrong.push(
  ['checksum_update_u16', 'takes the new field away', [I32_ADD, 0, I32_SUB], NUMBERS, 'the result is as promised'],
  ['checksum_ones_complement', 'loses a carry', [I64_ADD, 0, I64_OR], SUM, 'the result is as promised'],
  ['ipv4_header_checksum_ok', 'takes wrong for right', [I32_EQ, 0, I32_NE], HEADER, 'the result is as promised'],
  ['transport_checksum_ok', 'takes other versions for 4', [I32_EQ, 0, I32_NE], MESSAGE, 'the result is as promised'],
)
for (const [operation, what, [opcode, at, to], scope, cause] of wrong) {
  test(`${operation} is refuted where it ${what}`, (t) => {
    const proof = proved(operation, scope, changed(operation, opcode, at, to))
    t.is(`${proof.verdict}: ${proof.cause ?? ''}`, `refuted: ${cause}`)
  })
}

test('every operation of libVig has a scope, or is said to have none', (t) => {
  const scoped = new Set(scopesUpTo(1).map(({ operation }) => operation))
  t.false(scoped.has('lpm_lookup_elem'))
  t.true(scoped.has('cht_find_preferred_available_backend') && scoped.has('expire_items_single_map'))
})
