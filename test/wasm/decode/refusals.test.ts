import test from 'ava'

import { InputError } from '../../../src/errors.js'
import { decodeModule, ModuleError, type Refusal } from '../../../src/wasm/index.js'
import {
  buildModule,
  call,
  i32Const,
  i64Const,
  limits,
  localGet,
  type ModuleParts,
  opcodeBytes,
  sized,
  text,
} from '../module-builder.js'

const END = 0x0b
const FUNCREF = 0x70
const header = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]

function refusalOf(bytes: Uint8Array): ModuleError {
  try {
    decodeModule(bytes)
  } catch (error) {
    if (error instanceof ModuleError) return error
    throw error
  }
  throw new Error('accepted')
}

/** The body of a function of `(i32, i64) -> (i32)` in a module with a memory, a table and globals. */
function inBody(body: readonly number[], parts: ModuleParts = {}): Uint8Array<ArrayBuffer> {
  return buildModule({
    memory: [1],
    tables: [[FUNCREF, ...limits(1)]],
    globals: [[0x7f, 0x00, ...i32Const(1), END]],
    functions: [{ params: ['i32', 'i64'], results: ['i32'], body }],
    ...parts,
  })
}

/** Name, refusal, reason, module. */
type Row = readonly [string, Refusal, RegExp, Uint8Array]

const raw = (...bytes: number[]): Uint8Array => Uint8Array.from([...header, ...bytes])

const rows: readonly Row[] = [
  ['nothing', 'malformed', /unexpected end/, new Uint8Array()],
  ['another magic number', 'malformed', /magic header/, Uint8Array.from([0x7f, 0x45, 0x4c, 0x46, 1, 0, 0, 0])],
  ['another version', 'malformed', /unknown binary version/, Uint8Array.from([...header.slice(0, 4), 2, 0, 0, 0])],
  ['an unknown section', 'malformed', /malformed section id 14/, raw(14, 0)],
  ['sections out of order', 'malformed', /unexpected content/, raw(3, 1, 0, 1, 1, 0)],
  ['a section twice', 'malformed', /unexpected content/, raw(1, 1, 0, 1, 1, 0)],
  ['a section longer than its contents', 'malformed', /section size mismatch/, raw(1, 2, 0, 0)],
  ['a number too long', 'malformed', /representation too long/, raw(1, 0x80, 0x80, 0x80, 0x80, 0x80, 0)],
  ['a number too large', 'malformed', /integer too large/, raw(1, 0xff, 0xff, 0xff, 0xff, 0x1f)],
  ['a signed number too large', 'malformed', /integer too large/, inBody([0x41, 0x80, 0x80, 0x80, 0x80, 0x70])],
  ['a signed number too small', 'malformed', /integer too large/, inBody([0x41, 0xff, 0xff, 0xff, 0xff, 0x4f])],
  ['a name that is no UTF-8', 'malformed', /UTF-8/, raw(0, 2, 1, 0xff)],
  ['functions without code', 'malformed', /inconsistent lengths/, raw(1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0)],
  ['an unknown type', 'invalid', /unknown type 3/, raw(1, 4, 1, 0x60, 0, 0, 3, 2, 1, 3)],
  ['a missing operand', 'invalid', /an operand is missing/, inBody([0x6a])],
  ['an operand of the wrong type', 'invalid', /i64 where i32/, inBody([...localGet(1)])],
  ['values left over', 'invalid', /values remaining/, inBody([...localGet(0), ...localGet(0)])],
  [
    'operands from outside of the block',
    'invalid',
    /an operand is missing/,
    inBody([...localGet(0), 2, 0x40, 0x1a, END]),
  ],
  ['an unknown local', 'invalid', /unknown local 2/, inBody(localGet(2))],
  ['an unknown function', 'invalid', /unknown function 9/, inBody(call(9))],
  ['an unknown label', 'invalid', /unknown label 1/, inBody([0x0c, 1])],
  ['an unknown global', 'invalid', /unknown global 1/, inBody([0x23, 1])],
  ['a constant global that is set', 'invalid', /immutable/, inBody([...i32Const(1), 0x24, 0, ...i32Const(1)])],
  [
    'no memory',
    'invalid',
    /unknown memory/,
    buildModule({ functions: [{ body: [...i32Const(0), 0x28, 2, 0, 0x1a] }] }),
  ],
  ['too large an alignment', 'invalid', /alignment/, inBody([...localGet(0), 0x28, 3, 0])],
  [
    'if without else that gives a value',
    'invalid',
    /without else/,
    inBody([...localGet(0), 0x04, 0x7f, ...i32Const(1), END]),
  ],
  ['else without if', 'malformed', /else without if/, inBody([0x02, 0x40, 0x05, END, ...i32Const(1)])],
  ['select of two types', 'invalid', /type mismatch/, inBody([...localGet(0), ...localGet(1), ...localGet(0), 0x1b])],
  [
    'select of references without a type',
    'invalid',
    /must name its type/,
    inBody([0xd0, FUNCREF, 0xd0, FUNCREF, ...localGet(0), 0x1b, 0xd1]),
  ],
  [
    'select with two types',
    'invalid',
    /result arity/,
    inBody([...localGet(0), ...localGet(0), ...localGet(0), 0x1c, 2, 0x7f, 0x7f]),
  ],
  [
    'labels of br_table that disagree',
    'invalid',
    /different numbers/,
    inBody([0x02, 0x40, ...localGet(0), ...localGet(0), 0x0e, 1, 0, 1, END, ...i32Const(1)]),
  ],
  ['a reference to a function that occurs nowhere else', 'invalid', /undeclared/, inBody([0xd2, 0, 0xd1])],
  [
    'memory.init without a data count',
    'malformed',
    /data count section required/,
    inBody([...i32Const(0), ...i32Const(0), ...i32Const(0), ...opcodeBytes(0xfc08), 0, 0, ...i32Const(0)]),
  ],
  ['instructions after the end', 'malformed', /bytes after the end/, inBody([...i32Const(1), END, 0x01])],
  ['an unknown instruction', 'malformed', /illegal opcode 27/, inBody([0x27])],
  ['an unknown instruction with a prefix', 'malformed', /illegal opcode fc 12/, inBody([0xfc, 0x12])],
  ['a start function with parameters', 'invalid', /start function/, inBody(i32Const(1), { start: 0 })],
  [
    'an export name twice',
    'invalid',
    /duplicate export name "m"/,
    inBody(i32Const(1), {
      exports: [
        ['m', 2, 0],
        ['m', 2, 0],
      ],
    }),
  ],
  [
    'two memories',
    'invalid',
    /multiple memories/,
    inBody(i32Const(1), { imports: [{ module: 'a', name: 'b', what: [2, ...limits(1)] }] }),
  ],
  [
    'a memory that starts larger than it may get',
    'invalid',
    /minimum must not be greater/,
    inBody(i32Const(1), { memory: [2, 1] }),
  ],
  ['a memory beyond 4 GiB', 'invalid', /at most 65536/, inBody(i32Const(1), { memory: [65_537] })],
  [
    'a computed initial value',
    'invalid',
    /constant expression required/,
    inBody(i32Const(1), { globals: [[0x7f, 0, ...i32Const(1), 0x45, END]] }),
  ],
  [
    'an initial value of the wrong type',
    'invalid',
    /i64 where i32/,
    inBody(i32Const(1), { globals: [[0x7f, 0, ...i64Const(1n), END]] }),
  ],
  [
    'an initial value from a global defined here',
    'invalid',
    /only imported/,
    inBody(i32Const(1), {
      globals: [
        [0x7f, 0, ...i32Const(1), END],
        [0x7f, 0, 0x23, 0, END],
      ],
    }),
  ],
  [
    'element segments of another type',
    'invalid',
    /elements of externref/,
    inBody(i32Const(1), { elements: [[0x06, 0, ...i32Const(0), END, 0x6f, 0]] }),
  ],
  ['SIMD', 'unsupported', /SIMD/, inBody([0xfd, 0x0c])],
  ['atomic instructions', 'unsupported', /threads/, inBody([0xfe, 0x00])],
  ['a shared memory', 'unsupported', /threads/, raw(5, 4, 1, 3, 1, 1)],
  ['a memory with 64-bit addresses', 'unsupported', /memory64/, raw(5, 3, 1, 4, 1)],
  ['tail calls', 'unsupported', /tail calls/, inBody([0x12, 0])],
  ['exceptions', 'unsupported', /exception handling/, inBody([0x06, 0x40])],
  ['types of the garbage collector', 'unsupported', /garbage collection/, raw(1, 3, 1, 0x5f, 0)],
]

for (const [what, refusal, reason, bytes] of rows) {
  test(`refused as ${refusal}: ${what}`, (t) => {
    const error = refusalOf(bytes)
    t.is(error.refusal, refusal)
    t.regex(error.reason, reason)
    t.true(error instanceof InputError && error.exitCode === 2)
    t.is(error.message, `module ${refusal} at byte 0x${error.offset.toString(16)}: ${error.reason}`)
    if (refusal === 'unsupported') return
    t.false(WebAssembly.validate(Uint8Array.from(bytes)) && !/constant expression|only imported/.test(error.reason))
  })
}

test('a refusal says at which instruction', (t) => {
  const bytes = inBody([...localGet(0), 0x01, 0x01, ...localGet(1), 0x6a])
  const error = refusalOf(bytes)
  t.is(bytes[error.offset], 0x6a)
})

test('what is wrong in the name section refuses nothing', (t) => {
  for (const bytes of [[1, 200], [1, 5, 1, 0], [0xff], [0, ...sized(text('whole')), 1, ...sized([1, 0, 2, 0xff])]]) {
    const module = decodeModule(buildModule({ functions: [{ body: [] }], custom: [['name', bytes]] }))
    t.is(module.code.length, 1)
  }
})
