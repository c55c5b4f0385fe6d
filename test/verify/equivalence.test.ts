import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import test from 'ava'

import { SharedChoices } from '../../src/contracts/symbolic/index.js'
import { Integers } from '../../src/domains/symbolic/integer.js'
import { mutantsOf } from '../../src/mutants/index.js'
import { loadOriginal, type Original } from '../../src/mutation/original.js'
import { sameAsOriginal } from '../../src/mutation/same-as-original.js'
import { compileNf } from '../../src/nf/index.js'
import { bitVecSort, openSyncSolver, type SyncSolver, Terms } from '../../src/smt/index.js'
import { type Equivalence, equivalence } from '../../src/verify/equivalence.js'
import { explore } from '../../src/verify/exploration/explore.js'
import { loadSubject, type Subject } from '../../src/verify/index.js'
import { symbolicNf } from '../../src/verify/machine/index.js'
import { type Edit, writeSource } from '../wrong-builds/wrong-build.js'

let opened: Promise<SyncSolver> | undefined
let nat: Promise<Original> | undefined

function solverOf(): Promise<SyncSolver> {
  opened ??= openSyncSolver({ backends: ['z3-inline'] })
  return opened
}

/** Whether two binaries of a network function are the same, in one configuration. */
async function compared(
  subject: Subject,
  first: Uint8Array,
  second: Uint8Array,
  original?: Original,
): Promise<Equivalence> {
  const { nf, libvig, portCount } = subject
  const { manifest, config } = nf
  const { name, memory } = manifest
  const machineOf = (wasm: Uint8Array) => symbolicNf({ name, wasm, libvig, config, memory })
  const nfs = { first: machineOf(first), second: machineOf(second), portCount }
  const solver = await solverOf()
  if (original === undefined) return equivalence(nfs, { solver })
  return equivalence({ ...nfs, pairing: original.pairing }, { solver, left: original.left })
}

async function edited(nf: string, edit: Edit): Promise<Uint8Array> {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-same-'))
  try {
    return (await compileNf(writeSource(folder, nf, edit))).wasm
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function mutantsOfNop(portCount: number): Promise<readonly string[]> {
  const subject = await loadSubject('nop', { portCount })
  const same: string[] = []
  for (const { what, binary } of mutantsOf(subject.nf.wasm)) {
    if ((await compared(subject, subject.nf.wasm, binary)).kind === 'equivalent') same.push(what)
  }
  return same
}

test.serial('of the mutants of nop, those are equivalent that differ for an absent partner only', async (t) => {
  // With two ports each has a partner, and the last local is looked at after it was compared.
  t.deepEqual(await mutantsOfNop(2), [
    'i32.const -1 becomes 0',
    'i32.const -1 becomes -2',
    'i32.le_s becomes i32.lt_s',
    'the condition of select never holds',
  ])
  t.deepEqual(await mutantsOfNop(5), [])
})

test.serial('what depends on earlier packets through its own memory is not the same as itself', async (t) => {
  const subject = await loadSubject('nop')
  const edit = { find: 'const partner = port ^ 1', why: '', name: 'every-other' }
  const counting = await edited('nop', {
    ...edit,
    replace: 'store<u32>(131072, load<u32>(131072) + 1)\n  const partner = port ^ (load<u32>(131072) & 1)',
  })
  const found = await compared(subject, counting, counting)
  t.is(found.kind, 'unknown')
})

/** Edits of nat, and whether they leave it as it is. */
const edits: readonly (readonly [isSame: boolean, find: string, replace: string])[] = [
  [
    true,
    '  if (load<u32>(flow, KEY_PEER) != load<u32>(ip + IPV4_SOURCE)) return DROP\n  if (load<u16>(flow, KEY_PEER_PORT) != load<u16>(transport + TRANSPORT_SOURCE_PORT)) return DROP\n',
    '  if (load<u16>(flow, KEY_PEER_PORT) != load<u16>(transport + TRANSPORT_SOURCE_PORT)) return DROP\n  if (load<u32>(flow, KEY_PEER) != load<u32>(ip + IPV4_SOURCE)) return DROP\n',
  ],
  [
    true,
    '  expiring_map_refresh(flows, slot, now)\n',
    '  expiring_map_refresh(flows, slot, now)\n  expiring_map_refresh(flows, slot, now)\n',
  ],
  [false, '  expiring_map_refresh(flows, slot, now)\n', '  expiring_map_refresh(flows, slot, now - 1)\n'],
  [false, '  expiring_map_refresh(flows, slot, now)\n', ''],
  [false, 'expiring_map_expire(flows, now - expiration)', 'expiring_map_expire(flows, now - expiration - 1)'],
  [
    false,
    'const externalPort = startPort + load<i32>(found)',
    'const externalPort = startPort + (load<i32>(found) ^ 1)',
  ],
]

for (const [at, [isSame, find, replace]] of edits.entries()) {
  test.serial(`nat, edit ${at}: ${isSame ? 'proved the same' : 'not the same'}`, async (t) => {
    nat ??= solverOf().then((solver) => loadOriginal('nat', solver))
    const original = await nat
    const { subject } = original
    const binary = await edited('nat', { name: `edit-${at}`, why: '', find, replace })
    const found = await compared(subject, subject.nf.wasm, binary, original)
    t.is(
      found.kind,
      isSame ? 'equivalent' : 'unknown',
      JSON.stringify(found, (name, value) => (name === 'candidate' ? '' : value)),
    )
    if (!isSame) t.regex(found.kind === 'unknown' ? found.cause : '', /does not hold in a model/)
  })
}

test.serial('what is the same with small tables only is not equivalent', async (t) => {
  const solver = await solverOf()
  nat ??= loadOriginal('nat', solver)
  const original = await nat
  const find = 'const externalPort = startPort + load<i32>(found)'
  const binary = await edited('nat', {
    name: 'low-byte',
    why: '',
    find,
    replace: `${find.replace('load', '(load')} & 255)`,
  })
  const found = sameAsOriginal(binary, { original, solver, mostPaths: 500 })
  t.regex(
    found.kind === 'unknown' ? found.cause : found.kind,
    /^bytes: the byte at .* \(does not hold in a model\); not so with maxFlows=16$/,
  )
})

test.serial('choices are shared only where exactly the same may be chosen', async (t) => {
  const terms = new Terms()
  const solver = await solverOf()
  const integers = new Integers(terms)
  const below = (most: bigint) => (number: Parameters<typeof integers.lt>[0]) => integers.lt(number, integers.of(most))
  const failuresOf = (first: bigint, second: bigint) =>
    explore(
      (path) => {
        const shared = new SharedChoices(path, integers)
        const chosen = integers.unsigned(path.fresh('chosen', bitVecSort(8)))
        path.assume(below(first)(chosen))
        const [noted, taken] = [shared.noted('table'), shared.taken('table')]
        if (noted.kind === 'noted') noted.note({ operation: 'op', chosen, allowed: below(first) })
        if (taken.kind === 'taken') taken.take({ operation: 'op', allowed: below(second), place: undefined })
        // A second choice has no counterpart.
        if (taken.kind === 'taken' && first === 1n)
          taken.take({ operation: 'op', allowed: below(second), place: undefined })
      },
      { terms, solver },
    ).paths.flatMap(({ obligations, end }) => [
      ...obligations.filter(({ answer }) => answer.kind !== 'holds').map(({ obligation }) => obligation.what),
      ...(end.kind === 'ended' ? [] : [end.kind]),
    ])
  t.deepEqual(failuresOf(4n, 4n), [])
  t.deepEqual(failuresOf(4n, 8n), ['op: the same may be chosen'])
  t.deepEqual(failuresOf(8n, 4n), ['op: what the other run chose may be chosen', 'op: the same may be chosen'])
  t.deepEqual(failuresOf(1n, 1n), ['undecidable'])
})
