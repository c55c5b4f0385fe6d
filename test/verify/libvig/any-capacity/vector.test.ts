import test from 'ava'

import { compileLibvig } from '../../../../src/nf/index.js'
import { openSyncSolver, type SyncSolver } from '../../../../src/smt/index.js'
import { proveForAnyCapacity } from '../../../../src/verify/libvig/any-capacity/prove.js'
import type { LibvigProof } from '../../../../src/verify/libvig/proof.js'
import { scopesOfAnyCapacity } from '../../../../src/verify/libvig/scopes.js'
import { decodeModule } from '../../../../src/wasm/index.js'

let solver: SyncSolver
let original: Uint8Array

test.before(async () => {
  solver = await openSyncSolver({ backends: ['z3-embedded'] })
  original = (await compileLibvig()).wasm
})

test.after.always(async () => {
  await solver.close()
})

function proved(operation: string, wasm = original): LibvigProof {
  const [asked] = scopesOfAnyCapacity([operation])
  if (asked === undefined) throw new RangeError(`${operation} is not proved for any capacity`)
  return proveForAnyCapacity({ wasm, module: decodeModule(wasm) }, asked, solver)
}

const holding: readonly (readonly [string, readonly string[]])[] = [
  ['vector_allocate', ['made', 'out of memory']],
  ['vector_borrow', ['lent']],
  ['vector_return', ['given back']],
]
for (const [operation, outcomes] of holding) {
  test(`${operation} does what its contract says at any capacity: ${outcomes.join(', ')}`, (t) => {
    const proof = proved(operation)
    t.is(proof.verdict, 'proved', proof.cause ?? '')
    t.deepEqual([...proof.outcomes].sort(), outcomes)
  })
}

interface Change {
  readonly opcode: number
  /** The last such instruction of the operation, or one before. */
  readonly fromEnd?: number
  /** Which byte of it, and what it was and becomes. */
  readonly byte: number
  readonly from: number
  readonly to: number
}

/** The binary with one byte of an instruction changed. */
function changed(operation: string, { opcode, fromEnd = 1, byte, from, to }: Change): Uint8Array {
  const code = decodeModule(original).code.find(({ name }) => name === operation)
  const instruction = code?.instructions.filter((each) => each.opcode === opcode).at(-fromEnd)
  if (instruction === undefined) throw new RangeError(`${operation} has no instruction 0x${opcode.toString(16)}`)
  const bytes = new Uint8Array(original)
  const at = instruction.offset + byte
  if (bytes[at] !== from) throw new RangeError(`${operation}: ${bytes[at]} is there, not ${from}`)
  bytes[at] = to
  return bytes
}

const [LOCAL_GET, I32_STORE] = [0x20, 0x36] as const
const [I32_GE_U, I32_LE_U, I32_MUL, I32_ADD] = [0x4f, 0x4d, 0x6c, 0x6a] as const
/** Of a load or store: where the number is that is added to its address. */
const OFFSET = 2

const wrong: readonly (readonly [string, string, Change, string])[] = [
  [
    'vector_borrow',
    'adds index and stride',
    { opcode: I32_MUL, byte: 0, from: I32_MUL, to: I32_ADD },
    'the address is that of the cell at the index',
  ],
  [
    'vector_borrow',
    'writes its out one word further',
    { opcode: I32_STORE, byte: OFFSET, from: 0, to: 4 },
    'writes 4 bytes only where it may',
  ],
  [
    'vector_return',
    'refuses indices of cells',
    { opcode: I32_GE_U, byte: 0, from: I32_GE_U, to: I32_LE_U },
    'does not trap: unreachable',
  ],
  [
    'vector_allocate',
    'does not clear the first bytes of its cells',
    { opcode: LOCAL_GET, fromEnd: 10, byte: 1, from: 4, to: 3 },
    'what is made is empty',
  ],
  [
    'vector_allocate',
    'leaves out its capacity',
    { opcode: I32_STORE, fromEnd: 2, byte: OFFSET, from: 8, to: 12 },
    'it is of the sizes asked for',
  ],
]
for (const [operation, what, change, cause] of wrong) {
  test(`at any capacity ${operation} is refuted where it ${what}`, (t) => {
    const proof = proved(operation, changed(operation, change))
    t.is(`${proof.verdict}: ${proof.cause ?? ''}`, `refuted: ${cause}`)
  })
}

test('a proof for any capacity that is given up is undecided, also where all that was obliged till then holds', async (t) => {
  // One that remembers no answers.
  const fresh = await openSyncSolver({ backends: ['z3-embedded'] })
  t.teardown(() => fresh.close())
  const [asked] = scopesOfAnyCapacity(['vector_borrow'])
  if (asked === undefined) return t.fail('it is not proved for any capacity')
  const binary = { wasm: original, module: decodeModule(original) }
  const few = { effort: 1 }
  const enough = { effort: 200_000 }
  const given = proveForAnyCapacity(binary, asked, fresh, { deciding: few, judging: enough })
  t.is(`${given.verdict}: ${given.cause ?? ''}`, 'undecided: not decided in time')
  t.is(proveForAnyCapacity(binary, asked, fresh, { deciding: enough, judging: few }).verdict, 'undecided')
})
