import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import test from 'ava'

import { loadPropertiesOf } from '../../src/spec/load/properties.js'
import {
  type LoadedProperty,
  loadInstrumentedProperties,
  loadInstrumentedPropertiesOf,
  loadSubject,
  type PropertyResult,
  prepare,
  proveProperty,
} from '../../src/verify/index.js'
import { readLock } from '../../src/verify/lock/index.js'
import { catalogue } from '../wrong-builds/catalogue.js'
import { writeSource } from '../wrong-builds/wrong-build.js'
import { gate } from './gate.js'
import { sharedSolver } from './shared-solver.js'

type Options = Parameters<typeof loadSubject>[1]

async function inFolder<R>(use: (folder: string) => Promise<R>): Promise<R> {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-properties-'))
  try {
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** `fast`: to be run as it is, where it is to be refuted. */
interface Loaded {
  readonly property: LoadedProperty
  readonly fast?: LoadedProperty
}

async function results(
  nf: string,
  options: Options,
  load: (specFile: string) => Promise<readonly Loaded[]>,
): Promise<ReadonlyMap<string, PropertyResult>> {
  const subject = await loadSubject(nf, options)
  const properties = await load(subject.spec.file)
  const solver = await sharedSolver()
  const prepared = prepare(subject, { solver })
  return new Map(
    properties.map(({ property, ...fast }) => {
      const options = { solver, prepared, random: () => 0.5, ...fast }
      return [property.name, proveProperty(subject, property, options)] as const
    }),
  )
}

/** The network function's own properties, by name. */
function own(nf: string, names: readonly string[], options: Options = {}) {
  return results(nf, options, async (specFile) => {
    const plain = await loadPropertiesOf(specFile)
    return (await loadInstrumentedPropertiesOf(specFile)).flatMap((property) => {
      const fast = plain.find(({ name }) => name === property.name)
      return fast !== undefined && names.includes(property.name) ? [{ property, fast }] : []
    })
  })
}

/** Properties that are written for a test. */
function written(nf: string, source: string, options: Options = {}) {
  return inFolder(async (folder) => {
    const file = join(folder, 'properties.ts')
    writeFileSync(file, source)
    return results(nf, options, async () => (await loadInstrumentedProperties(file)).map((property) => ({ property })))
  })
}

/** A property of the network function in which one thing is wrong. */
function ofWrong(nf: string, name: string, build: string, options: Options = {}) {
  return inFolder(async (folder) => {
    const edit = catalogue[nf]?.find((each) => each.name === build)
    if (edit === undefined) throw new Error(`there is no wrong build ${build} of ${nf}`)
    return (await own(nf, [name], { ...options, binary: writeSource(folder, nf, edit) })).get(name)
  })
}

test.serial('each property of nop is proved, and vacuous where there is no port without a partner', async (t) => {
  const names = ['no-byte-changes', 'pairs-are-closed', 'partnerless-dropped']
  for (const [name, { verdict, causes, speaking }] of await own('nop', names, { portCount: 5 })) {
    t.is(verdict, 'proved', `${name}: ${JSON.stringify(causes)}`)
    t.true(speaking > 0)
  }
  const vacuous = (await own('nop', names, { portCount: 2 })).get('partnerless-dropped')
  t.is(vacuous?.verdict, 'undecided')
  t.regex(vacuous?.causes[0]?.what ?? '', /^vacuous/)
})

test.serial('properties with tables are proved, alone and without the specification', async (t) => {
  const names = ['unsolicited-inbound-dropped', 'inside-talks-to-outside-only', 'malformed-dropped']
  const found = await own('firewall', names)
  t.is(found.size, names.length)
  for (const [name, { verdict, causes }] of found) t.is(verdict, 'proved', `${name}: ${JSON.stringify(causes)}`)
})

test.serial('a property that rests on what no field type says is proved by an invariant that is found', async (t) => {
  const { verdict, causes, pairing } = (await own('nat', ['outbound-source-is-external'])).values().next().value ?? {}
  t.is(verdict, 'proved', JSON.stringify(causes))
  t.true(pairing?.[0]?.candidates?.some((each) => each.kind === 'never' && each.field === 'port'))
})

const wrong: readonly [nf: string, property: string, build: string, options?: Options][] = [
  ['nop', 'no-byte-changes', 'last-byte-changed', { portCount: 5 }],
  ['nop', 'pairs-are-closed', 'next-port-instead-of-partner', { portCount: 5 }],
  ['nop', 'partnerless-dropped', 'odd-port-sent-to-the-first', { portCount: 5 }],
  ['firewall', 'unsolicited-inbound-dropped', 'unsolicited-inbound-passes', { config: { maxFlows: 16 } }],
  ['nat', 'other-than-ipv4-dropped', 'ethertype-not-compared'],
]
for (const [nf, property, build, options] of wrong) {
  test.serial(`${nf}, ${build}: ${property} is refuted, and fails in a model at its line`, async (t) => {
    const found = await ofWrong(nf, property, build, options)
    t.is(found?.verdict, 'refuted', JSON.stringify(found?.causes))
    const violation = found?.counterexample?.finding.detail.violation
    t.is(violation?.kind, 'property')
    t.true(violation?.site?.file.includes(`nfs/${nf}/properties/`))
    const shown = found?.causes.some(
      ({ what, place }) =>
        /^(property|verdict|bytes): .*does not hold in a model/.test(what) &&
        place?.kind === 'source' &&
        place.file.includes(`nfs/${nf}/properties/`),
    )
    t.true(shown, JSON.stringify(found?.causes))
  })
}

test.serial(
  'where a field does not lie where it was taken to lie, no property that reads its table is proved',
  async (t) => {
    const edit = {
      name: 'odd-ports-stored',
      why: 'the port is stored as another, so that none of its bytes is the field',
      find: 'expiring_map_value(stations, load<i32>(out)), port)',
      replace: 'expiring_map_value(stations, load<i32>(out)), port ^ 1)',
    }
    const [name, other] = ['known-stations-are-not-flooded', 'runts-dropped'] as const
    const found = await inFolder((folder) =>
      own('bridge', [name, other], { binary: writeSource(folder, 'bridge', edit) }),
    )
    t.is(found.get(other)?.verdict, 'proved')
    const { verdict, causes = [] } = found.get(name) ?? {}
    t.is(verdict, 'undecided')
    t.true(
      causes.some(({ what }) => /^not every value of stations lies in its bytes/.test(what)),
      JSON.stringify(causes),
    )
  },
)

test.serial(
  'a lock in which two fields have changed places is not believed: the layouts are found out anew',
  async (t) => {
    const { subject, property, lock, flows } = await lockedProperty('firewall', 'unsolicited-inbound-dropped')
    const [src, dst] = [flows.key?.fields.get('src'), flows.key?.fields.get('dst')]
    if (flows.key === undefined || !src || !dst) return t.fail()
    const fields = new Map([...flows.key.fields, ['src', dst] as const, ['dst', src] as const])
    const changed = { ...lock, states: new Map([['flows', { ...flows, key: { ...flows.key, fields } }]]) }
    const solver = await sharedSolver()
    for (const [given, isLocked] of [[lock, true] as const, [changed, false] as const]) {
      const found = proveProperty(subject, property, { solver, lock: given, random: () => 0.5 })
      t.is(found.verdict, 'proved', JSON.stringify(found.causes))
      t.is(found.isLocked, isLocked)
      t.deepEqual(found.pairing[0]?.keyLayout?.fields.get('src'), src)
    }
  },
)

test.serial(
  'a property begins with the invariants that a lock keeps, and believes none that is not kept',
  async (t) => {
    const { subject, property, lock, flows } = await lockedProperty('nat', 'external-port-in-range')
    const needed = { kind: 'never', part: 'key', field: 'port', value: 1n } as const
    t.deepEqual(flows.invariants, [needed])
    const solver = await sharedSolver()
    const wrong = { ...needed, value: 0n }
    for (const [invariants, isLocked] of [
      [[needed], true],
      [[needed, wrong], true],
      [[], false],
    ] as const) {
      const given = { ...lock, states: new Map([['flows', { ...flows, invariants }]]) }
      const found = proveProperty(subject, property, { solver, lock: given, random: () => 0.5 })
      t.is(found.verdict, 'proved', JSON.stringify(found.causes))
      t.is(found.isLocked, isLocked)
      t.false(found.pairing[0]?.candidates?.some((each) => each.kind === 'never' && each.value === 0n))
    }
  },
)

test.serial('what is false is not proved, whether said by must, by a verdict or by bytes', async (t) => {
  const found = await written(
    'nop',
    `import { any, drop, flood, forward, forwardToSet, must, property } from 'vigil-nf/spec'
const of = { config: {}, state: () => ({}) }
export const claim = property(of, ({ output, ingress }) => must(output.leavesBy(ingress)))
export const never = property(of, ({ packet }) => must(packet.length < 1514))
export const ports = property(of, ({ packet }) => flood(packet))
export const dropped = property(of, ({ ingress }) => (ingress === 0 ? drop() : any()))
export const bytes = property(of, ({ packet, output }) =>
  packet.ethernet && output.packet ? forwardToSet(output.ports, packet.with({ ethernet: { src: 1 } })) : any())
export const left = property(of, ({ packet, output }) =>
  packet.ethernet && output.packet ? must(output.packet.ethernet?.dst !== packet.ethernet.dst) : any())
export const nowhere = property(of, ({ packet }) => forward(7, packet))
`,
    { portCount: 4 },
  )
  t.is(found.size, 7)
  for (const [name, { verdict, causes }] of found) {
    t.is(verdict, 'undecided', name)
    t.false(
      causes.some(({ what }) => /^vacuous/.test(what) && causes.length === 1),
      `${name}: ${JSON.stringify(causes)}`,
    )
  }
})

test.serial('a property of no packet at all is vacuous, one of a table that there is not does not fit', async (t) => {
  const found = await written(
    'nop',
    `import { any, drop, expiringMap, must, property, record, u8 } from 'vigil-nf/spec'
const of = { config: {}, state: () => ({}) }
export const long = property(of, ({ packet }) => (packet.length > 1514 ? drop() : any()))
export const silent = property(of, () => any())
export const table = property({ config: {}, state: () => ({ flows: expiringMap(record({ a: u8 }), 4) }) }, ({ flows }) => must(flows.size < 5))
`,
  )
  const whats = (name: string) => (found.get(name)?.causes ?? []).map(({ what }) => what).join()
  for (const { verdict } of found.values()) t.is(verdict, 'undecided')
  t.regex(whats('long'), /^vacuous/)
  t.regex(whats('silent'), /^vacuous/)
  t.regex(whats('table'), /there is no table flows/)
})

const STATIONS = `import { any, drop, duration, expiringMap, macAddress, must, property, record, u32 } from 'vigil-nf/spec'
const Station = record({ mac: macAddress })
const config = { capacity: u32, expiration: duration }
const state = ({ capacity }) => ({ stations: expiringMap(Station, capacity) })
`

test.serial('states are as they were before and after the packet, expired as the property says', async (t) => {
  const found = await written(
    gate(t),
    `${STATIONS}
const welcome = ({ packet, config, stations, output }) => {
  const { ethernet } = packet
  if (!ethernet || stations.get(Station({ mac: ethernet.src })) !== undefined) return any()
  return stations.size < config.capacity ? must(output.packet !== undefined) : drop()
}
export const asSpecified = property({ config, state }, welcome)
export const tooEarly = property({ config, state, expireOlderThan: ({ now }) => ({ stations: now }) }, welcome)
export const atMostOneMore = property({ config, state }, ({ before, after }) => must(after.stations.size <= before.stations.size + 1))
export const noneMore = property({ config, state }, ({ before, after }) => must(after.stations.size <= before.stations.size))
`,
  )
  const verdicts = Object.fromEntries([...found].map(([name, { verdict }]) => [name, verdict]))
  t.deepEqual(verdicts, {
    'as-specified': 'proved',
    'too-early': 'undecided',
    'at-most-one-more': 'proved',
    'none-more': 'undecided',
  })
  // What is left in a table and shows in no output is not refuted, and the reason is there.
  const causes = found.get('none-more')?.causes ?? []
  t.true(
    causes.some(({ what }) => /^property: must\(.*does not hold in a model/.test(what)),
    JSON.stringify(causes),
  )
})

/** A property beside a specification, and the lock file with what it says of the table `flows`. */
async function lockedProperty(nf: string, name: string) {
  const subject = await loadSubject(nf)
  const property = (await loadInstrumentedPropertiesOf(subject.spec.file)).find((each) => each.name === name)
  const lock = readLock(subject.nf.manifest.file.replace('nf.yaml', 'verify.lock.yaml'))
  const flows = lock?.states.get('flows')
  if (property === undefined || lock === undefined || flows === undefined) throw new Error(`no lock or no ${name}`)
  return { subject, property, lock, flows }
}
