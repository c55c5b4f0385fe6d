import test, { type ExecutionContext } from 'ava'

import { openSyncSolver, type SyncSolver } from '../../../src/smt/index.js'
import { configurations, loadSubject, type Proof, prove } from '../../../src/verify/index.js'
import { refuses } from '../../nf/fixtures/sample.js'
import { type Change, gate } from '../gate.js'
import { numbers } from '../numbers.js'

let solver: SyncSolver

test.before(async () => {
  solver = await openSyncSolver({ backends: ['z3-inline'] })
})

test.after.always(() => solver.close())

async function proofOf(folder: string, options: Parameters<typeof loadSubject>[1] = {}): Promise<Proof> {
  return prove(await loadSubject(folder, options), { solver })
}

/** What is right as configured only. */
async function isOnlyAsConfigured(t: ExecutionContext, source: Change, wrong: RegExp): Promise<void> {
  const folder = gate(t, { source })
  const configured = await proofOf(folder)
  t.is(configured.verdict, 'proved', JSON.stringify(configured.causes))
  const every = await proofOf(folder, { anyConfig: true })
  t.is(every.verdict, 'refuted')
  // In one configuration of those that are allowed, and there by packets that are run for real.
  const config = every.counterexample?.finding.device.words ?? []
  const given = await loadSubject(folder, { config })
  t.is(given.portCount, 2)
  t.true(config.some((word) => word.startsWith('deviceMac=')))
  t.true(
    every.causes.some(({ what }) => wrong.test(what)),
    JSON.stringify(every.causes),
  )
}

test.serial('a network function is proved for every configuration that nf.yaml allows', async (t) => {
  const { verdict, causes, configuration } = await proofOf(gate(t), { anyConfig: true })
  t.is(verdict, 'proved', JSON.stringify(causes))
  t.is(configuration, 'every configuration: wan, base, capacity, expiration, deviceMac symbolic; ports: 2')
})

test.serial('a value of the default configuration in the binary is found out', async (t) => {
  await isOnlyAsConfigured(t, { find: 'base() +', replace: '100 +' }, /^bytes: .* \(does not hold in a model\)/)
})

test.serial('a time of the default configuration in the binary is found out', async (t) => {
  const wrong = { find: 'now - expiration()', replace: 'now - 300000000000' }
  await isOnlyAsConfigured(t, wrong, /^state: .* \(does not hold in a model\)/)
})

test.serial('a port of the default configuration in the binary is found out', async (t) => {
  await isOnlyAsConfigured(
    t,
    { find: 'return wan()', replace: 'return 1' },
    /^verdict: .* \(does not hold in a model\)/,
  )
})

test.serial('the address of another port is found out, though all are the same by default', async (t) => {
  const wrong = { find: 'deviceMac(wan())', replace: 'deviceMac(port)' }
  await isOnlyAsConfigured(t, wrong, /^bytes: .* \(does not hold in a model\)/)
})

test.serial('a size of the default configuration in the binary is found out', async (t) => {
  const folder = gate(t, { source: { find: ', capacity(),', replace: ', 1000,' } })
  t.is((await proofOf(folder)).verdict, 'proved')
  const { verdict, causes } = await proofOf(folder, { anyConfig: true })
  t.is(verdict, 'undecided')
  t.regex(causes[0]?.what ?? '', /no structure of its kind and size/)
})

test.serial('without a relation that nf.yaml needs, nothing is proved', async (t) => {
  const yaml = [{ find: 'base + capacity <= 65536', replace: 'base + capacity <= 65537' }]
  const { verdict, causes } = await proofOf(gate(t, { yaml }), { anyConfig: true })
  t.not(verdict, 'proved')
  t.true(
    causes.some(({ what }) => /^bytes: .* \(does not hold in a model\)/.test(what)),
    JSON.stringify(causes),
  )
})

test.serial('the memory must suffice for every size', async (t) => {
  const memory = { find: 'spec: spec.ts', replace: 'spec: spec.ts\nmemory: 20 MiB' }
  const enough = await proofOf(gate(t, { yaml: [memory, { find: 'max: 65536', replace: 'max: 20000' }] }), {
    anyConfig: true,
  })
  t.is(enough.verdict, 'proved', JSON.stringify(enough.causes))
  const { verdict, causes } = await proofOf(gate(t, { yaml: [memory] }), { anyConfig: true })
  t.is(verdict, 'undecided')
  t.true(
    causes.some(({ what }) => what === 'verdict: nf_init answers 1 (does not hold in a model)'),
    JSON.stringify(causes),
  )
})

test.serial('listed values are cases of their own, and what no relation allows is none', async (t) => {
  const marked = (name: string, from: string, to: string) => ({
    find: `${name}: { ${from}`,
    replace: `${name}: { ${to}`,
  })
  const yaml = [
    marked(
      'base',
      'type: u16, default: 100, anyConfig: any',
      'type: u16, default: 100, anyConfig: { oneOf: [7, 65536] }',
    ),
  ]
  await refuses(t, () => loadSubject(gate(t, { yaml }), { anyConfig: true }), /base: 65536 does not fit u16/)
  const possible = [{ find: 'default: 100, anyConfig: any', replace: 'default: 100, anyConfig: { oneOf: [7, 65535] }' }]
  const more = [...possible, { find: 'min: 1, max: 65536', replace: 'min: 2, max: 65536' }]
  const subject = await loadSubject(gate(t, { yaml: more }), { anyConfig: true })
  t.deepEqual(
    configurations(subject).map(({ configuration }) => configuration.name),
    ['base = 7', 'base = 65535'],
  )
  const { verdict, causes, configuration } = prove(subject, { solver })
  t.is(verdict, 'proved', JSON.stringify(causes))
  t.regex(configuration, /; split over base \(7, 65535\); ports: 2; not allowed: base = 65535$/)
})

test.serial('what fails in one case is said of that case', async (t) => {
  const yaml = [{ find: 'default: 100, anyConfig: any', replace: 'default: 100, anyConfig: { oneOf: [100, 101] }' }]
  const { verdict, causes } = await proofOf(gate(t, { yaml, source: { find: 'base() +', replace: '100 +' } }), {
    anyConfig: true,
  })
  t.is(verdict, 'refuted')
  t.true(
    causes.every(({ what }) => what.startsWith('with base = 101: ')),
    JSON.stringify(causes),
  )
})

test.serial('where no configuration is allowed there is nothing to prove', async (t) => {
  const yaml = [
    { find: 'default: 100, anyConfig: any', replace: 'default: 100, anyConfig: { oneOf: [65535] }' },
    { find: 'min: 1, max: 65536', replace: 'min: 2, max: 65536' },
  ]
  await refuses(t, () => proofOf(gate(t, { yaml }), { anyConfig: true }), /gate: no configuration is allowed/)
})

test.serial('a range without values is refused, with its place', async (t) => {
  const yaml = [
    { find: 'ports: { count: 2, min: 2 }', replace: 'ports: { count: 3, min: 2, anyConfig: { oneOf: [2, 3] } }' },
    { find: 'type: port, default: 1,', replace: 'type: port, min: 2, default: 2,' },
  ]
  await refuses(t, () => loadSubject(gate(t, { yaml }), { anyConfig: true }), /nf\.yaml:5.*wan: there is no port 2/)
})

test.serial('that no entry has a port of the configuration is tried as an invariant, and proved', async (t) => {
  const { verdict, causes, pairing } = await proofOf(numbers(t), { anyConfig: true })
  t.is(verdict, 'proved', JSON.stringify(causes))
  t.true(pairing[0]?.candidates?.some((each) => each.kind === 'apart' && each.parameter === 'wan'))
})
