import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import test, { type ExecutionContext } from 'ava'

import { loadProperties, loadPropertiesOf, loadSpec, Oracle, PropertyCheck } from '../../src/oracle/index.js'
import { SpecError } from '../../src/spec/index.js'
import { transformSpec } from '../../src/spec/load/transform.js'

const NAT = `import { drop, duration, expiringMap, forward, ipv4Address, port, record, spec, transportPort, u16 } from 'vigil-nf/spec'

export const Flow = record({ src: ipv4Address, srcPort: transportPort })

export default spec({
  title: 'the least NAT',
  config: { wan: port, startPort: u16 },
  state: () => ({ flows: expiringMap(Flow, 4) }),
  process({ packet, ingress, now, config, flows }) {
    flows.expireOlderThan(now - 100n)
    const { ipv4, transport } = packet
    if (!ipv4 || !transport || ingress === config.wan) return drop()
    const flow = Flow({ src: ipv4.src, srcPort: transport.srcPort })
    const slot = flows.touch(flow, now) ?? flows.insert(flow, now)
    return slot === undefined ? drop() : forward(config.wan, packet.with({ transport: { srcPort: config.startPort + slot } }))
  },
})
`

const UNSOLICITED = `import { any, drop, property } from 'vigil-nf/spec'
import nat from '../spec.js'

export const unsolicitedInboundDropped = property(nat, ({ packet, ingress, config, flows }) => {
  if (ingress !== config.wan || !packet.transport) return any()
  return flows.keyAt(packet.transport.dstPort - config.startPort) ? any() : drop() // RFC 4787 section 5
})
`

/** A specification with files of properties beside it; the path of the specification. */
async function nf(t: ExecutionContext, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'vigil-properties-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  await mkdir(join(folder, 'properties'))
  for (const [name, source] of Object.entries(files)) await writeFile(join(folder, 'properties', name), source)
  const spec = join(folder, 'spec.ts')
  await writeFile(spec, NAT)
  return spec
}

/** What a file of properties says of an empty frame that comes in by port 0 and is dropped. */
async function checked(t: ExecutionContext, source: string) {
  const file = await nf(t, { 'one.ts': source })
  const spec = await loadSpec(file)
  const values = new Map([
    ['wan', 1],
    ['startPort', 1024],
  ])
  const oracle = new Oracle({ nf: 'nat', instance: 'nat', spec, config: { values, portCount: 2 }, watched: true })
  const check = new PropertyCheck(oracle, await loadPropertiesOf(file))
  oracle.judge(0, 5n, new Uint8Array(60), 0, 60, 0, new Uint8Array(0), 0, 0)
  return check.check()
}

const importing = (body: string): string => `import { any, must, property } from 'vigil-nf/spec'
import nat from '../spec.js'
${body}
`

test('a property is known by its export in kebab case, and cites the clause at the end of its line', async (t) => {
  const [property, ...others] = await loadPropertiesOf(await nf(t, { 'inbound.ts': UNSOLICITED }))
  t.deepEqual(others, [])
  t.like(property, { name: 'unsolicited-inbound-dropped', title: 'unsolicited inbound dropped', clause: '' })
  const flows = { keyAt: () => undefined }
  const packet = { transport: { dstPort: 9 } }
  const answer = property?.property.check({ packet, ingress: 1, config: { wan: 1, startPort: 0 }, flows })
  t.like(answer?.site, { file: property?.file, line: 6, text: 'drop()', clause: 'RFC 4787 section 5' })
})

test('a property with a title and a clause keeps them, and a claim knows its line and text', async (t) => {
  const definition = `{ title: 'Nothing holds', clause: 'RFC 1', check({ ingress }) {
    return must(ingress !== 0)
  } }`
  const [finding] = await checked(t, importing(`export const nothingHoldsFor2 = property(nat, ${definition})`))
  t.like(finding?.property, { name: 'nothing-holds-for2', title: 'Nothing holds', clause: 'RFC 1' })
  t.like(finding, { outcome: 'violated', what: 'must(ingress !== 0) does not hold' })
  t.is(finding?.site?.line, 4)
})

test('properties of a specification are those of all files beside it, by file and name', async (t) => {
  const one = importing(
    'export const second = property(nat, () => any())\nexport const first = property(nat, () => any())',
  )
  const spec = await nf(t, { 'b.ts': one, 'a.ts': UNSOLICITED, 'notes.md': 'not code' })
  const names = (await loadPropertiesOf(spec)).map(({ name }) => name)
  t.deepEqual(names, ['unsolicited-inbound-dropped', 'first', 'second'])
  t.deepEqual(await loadPropertiesOf(join(tmpdir(), 'nowhere', 'spec.ts')), [])
})

const files: readonly [what: string, source: string, message: RegExp][] = [
  ['a default export', importing('export default property(nat, () => any())'), /one\.ts: a property needs a name/],
  ['another export', importing('export const limit = 3'), /limit is exported, but is not made by property/],
  [
    'one without a clause',
    importing("export const one = property(nat, { title: 'one', check: () => any() })"),
    /one\.ts:3: cannot be loaded: a property needs a title, a clause and a function check/,
  ],
  [
    'a need without words',
    importing(
      "export const one = property(nat, { title: 'one', clause: '', needs: { isMet: () => true }, check: () => any() })",
    ),
    /one\.ts:3: cannot be loaded: what a property needs has a text what and a function isMet/,
  ],
  ['nothing exported', importing('const limit = 3'), /one\.ts: exports no property/],
]

for (const [what, source, message] of files) {
  test(`a file of properties is refused: ${what}`, async (t) => {
    const spec = await nf(t, { 'one.ts': source })
    await t.throwsAsync(loadPropertiesOf(spec), { instanceOf: SpecError, message })
  })
}

test('two properties of one name are refused, and both files named', async (t) => {
  const spec = await nf(t, { 'a.ts': UNSOLICITED, 'b.ts': UNSOLICITED })
  await t.throwsAsync(loadPropertiesOf(spec), {
    message: /b\.ts: unsolicited-inbound-dropped is declared in .*a\.ts already/,
  })
})

test('a file that is not there is refused', async (t) => {
  await t.throwsAsync(loadProperties('/nowhere/one.ts'), { message: /\/nowhere\/one\.ts: cannot be read/ })
})

const inCheck = (statement: string): string =>
  importing(`export const one = property(nat, ({ packet, now, flows, before, after }) => {
  ${statement}
  return any()
})`)

const refused: readonly [statement: string, message: RegExp][] = [
  ['flows.expireOlderThan(now)', /one\.ts:4:9: expireOlderThan changes the state, which a property only reads/],
  ['flows.refresh(0, now)', /:4:9: refresh changes the state.*\(say what must be true of after\)/],
  ['const slot = before.flows.touch(packet, now)', /:4:29: touch changes the state/],
  ["after.flows['insert'](packet, now)", /:4:15: insert changes the state/],
  ['const { erase } = flows', /:4:11: erase changes the state/],
  ['flows?.setValue(0, packet)', /:4:10: setValue changes the state/],
  ['const x = Math.random()', /:4:13: Math is not part of the language/],
]

for (const [statement, message] of refused) {
  test(`refused with its place: ${statement}`, (t) => {
    t.throws(() => transformSpec(inCheck(statement), 'one.ts'), { instanceOf: SpecError, message })
  })
}

test('an update in a function that takes the table is found when it runs, with its line', async (t) => {
  const touched = 'const touched = (table: any, now: bigint) => table.refresh(0, now)'
  const source = importing(`${touched}
export const one = property(nat, ({ now, flows }) => must(touched(flows, now) === undefined))`)
  await t.throwsAsync(checked(t, source), {
    instanceOf: SpecError,
    message: /one\.ts:3: the property one failed: flows\.refresh changes the state, which a property only reads/,
  })
})

test('what a specification may do, the subject of a property may: names of updates are free outside of checks', (t) => {
  const own = importing(`export const one = property({
  config: {}, state: () => ({}), expireOlderThan: () => ({}) }, () => any())`)
  t.notThrows(() => transformSpec(own, 'one.ts'))
  t.notThrows(() => transformSpec(NAT, 'spec.ts'))
})
