/** `vigil verify` with `--property`, `--properties` and `--list`. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import test from 'ava'

import type { VerifiedNf } from '../../src/result/index.js'
import type { ObligationList, VerifyResult } from '../../src/verify/run/index.js'
import { temporary } from '../temporary.js'
import { wrongNats } from '../wrong-builds/nat/builds.js'
import { writeSource } from '../wrong-builds/wrong-build.js'
import { mine, specOf, wasmThatDoes } from './fixtures.js'
import { vigilHere } from './here.js'
import { isOneLine, shell } from './vigil.js'

const schema: unknown = JSON.parse(readFileSync('docs/schemas/result.schema.json', 'utf8'))
const validate = new Ajv({ allErrors: true }).compile<VerifyResult>(
  typeof schema === 'object' && schema !== null ? schema : {},
)

function verifiedIn(folder: string): readonly VerifiedNf[] {
  const result: unknown = JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8'))
  if (!validate(result)) throw new Error(JSON.stringify(validate.errors))
  return result.nfs.flatMap((nf) => (nf.kind === 'verified' ? [nf] : []))
}

/** A property beside the specification of `mine`. */
function withProperty(cwd: string, body: string): void {
  const folder = join(cwd, 'nfs/mine/properties')
  mkdirSync(folder)
  writeFileSync(
    join(folder, 'one.ts'),
    `import { any, drop, forward, must, property } from 'vigil-nf/spec'\nimport mine from '../spec.js'\n${body}\n`,
  )
}

test.serial('--property proves only what is named: the specification is not looked at', async (t) => {
  const cwd = temporary()
  const words = ['verify', 'nop', '--property', 'pairs-are-closed', '--property', 'no-byte-changes', '--out', 'run']
  const { code, stdout, stderr } = await vigilHere(words, cwd)
  t.is(code, 0, stderr)
  t.regex(stdout, /nop: proved on \d+ paths: has all 2 properties/)
  const [nf] = verifiedIn(join(cwd, 'run'))
  t.is(nf?.proof, undefined)
  t.deepEqual(
    nf?.properties.map(({ name, verdict }) => [name, verdict]),
    [
      ['no-byte-changes', 'proved'],
      ['pairs-are-closed', 'proved'],
    ],
  )
  t.regex(`${nf?.properties[0]?.place.file}:${nf?.properties[0]?.place.line}`, /properties\/pairs\.ts:\d+$/)
})

test.serial(
  '--properties proves the specification and all of them, but those whose needs the configuration lacks',
  async (t) => {
    const cwd = temporary()
    const { code, stdout, stderr } = await vigilHere(['verify', 'nop', '--properties', '--out', 'run'], cwd)
    t.is(code, 0, stderr)
    t.regex(stdout, /passed over +partnerless-dropped +needs an odd number of ports/)
    const [nf] = verifiedIn(join(cwd, 'run'))
    t.is(nf?.proof, 'proved')
    t.is(nf?.properties.length, 2)
    t.like(nf?.passedOver, [{ name: 'partnerless-dropped', needs: 'an odd number of ports' }])
    t.regex(
      readFileSync(join(cwd, 'run/junit.xml'), 'utf8'),
      /property partnerless-dropped: [^>]*>\s*<skipped message="needs an odd number of ports"/,
    )
    t.regex(readFileSync(join(cwd, 'run/report.html'), 'utf8'), /passed over: needs an odd number of ports/)
  },
)

test.serial('a property that is asked for by name is looked at whatever it needs', async (t) => {
  const cwd = temporary()
  const { code, stdout } = await vigilHere(['verify', 'nop', '--property', 'partnerless-dropped', '--out', 'run'], cwd)
  t.is(code, 4)
  t.regex(stdout, /vacuous: .*says anything of \(it needs an odd number of ports\)/)
})

test.serial('among all properties, one that says nothing and does not say why is undecided', async (t) => {
  const cwd = temporary()
  mine(cwd, specOf('return forward(ingress, packet)'), wasmThatDoes('bounce'))
  withProperty(cwd, 'export const silent = property(mine, () => any())')
  const { code, stdout } = await vigilHere(['verify', 'mine', '--properties', '--out', 'run'], cwd)
  t.is(code, 4)
  t.regex(stdout, /\? undecided {2}Undecided: vacuous: property silent: /)
  const [nf] = verifiedIn(join(cwd, 'run'))
  t.regex(nf?.properties[0]?.cause ?? '', /^vacuous: /)
  t.is(nf?.passedOver, undefined)
})

test.serial('of several network functions, those that have the property are proved', async (t) => {
  const cwd = temporary()
  mine(cwd, specOf('return drop()'), wasmThatDoes('drop'))
  withProperty(cwd, 'export const nothingLeaves = property(mine, ({ output }) => must(!output.packet))')
  const { code, stderr } = await vigilHere(
    ['verify', 'nop', 'mine', '--property', 'nothing-leaves', '--out', 'run'],
    cwd,
  )
  t.is(code, 0, stderr)
  t.deepEqual(
    verifiedIn(join(cwd, 'run')).map(({ nf }) => nf),
    ['mine'],
  )
})

test.serial('a property that holds of a binary that is refuted: both are told', async (t) => {
  const cwd = temporary()
  mine(cwd, specOf('return forward(1 - ingress, packet)'), wasmThatDoes('drop'))
  withProperty(cwd, 'export const nothingLeaves = property(mine, ({ output }) => must(!output.packet))')
  const { code } = await vigilHere(['verify', 'mine', '--properties', '--out', 'run'], cwd)
  t.is(code, 1)
  const [nf] = verifiedIn(join(cwd, 'run'))
  t.like(nf, { proof: 'refuted', verdict: 'violated' })
  t.is(nf?.properties[0]?.verdict, 'proved')
})

test.serial('a property that a binary as specified violates is refuted, without a command to replay', async (t) => {
  const cwd = temporary()
  mine(cwd, specOf('return drop()'), wasmThatDoes('drop'))
  withProperty(cwd, 'export const leaves = property(mine, ({ packet, ingress }) => forward(1 - ingress, packet))')
  const { code, stdout, stderr } = await vigilHere(['verify', 'mine', '--property', 'leaves', '--out', 'run'], cwd)
  t.is(code, 1, stderr)
  t.regex(stdout, /the property says:\n +\S+properties\/one\.ts:3: forward\(1 - ingress, packet\)/)
  t.notRegex(stdout, /shown again by/)
  const [nf] = verifiedIn(join(cwd, 'run'))
  const [found] = nf?.properties[0]?.counterexamples ?? []
  t.like(found, { guarantee: 'property' })
  t.is(found?.violation.kind, 'property')
  t.is(found?.replay, undefined)
  t.true(found !== undefined && 'why' in found.conform)
})

test.serial('a wrong NAT is refuted by the property it breaks, and the replay shows it too', async (t) => {
  const cwd = temporary()
  const wrong = wrongNats.find(({ name }) => name === 'peer-address-not-compared')
  if (wrong === undefined) return t.fail()
  const binary = writeSource(cwd, 'nat', wrong)
  const property = 'strangers-are-dropped-and-refresh-nothing'
  const words = ['verify', 'nat', '--binary', binary, '--property', property, '--jobs', '1', '--out', 'run']
  const { code, stdout, stderr } = await vigilHere(words, cwd)
  t.is(code, 1, stderr)
  t.regex(stdout, new RegExp(`refuted +${property} `))
  const [nf] = verifiedIn(join(cwd, 'run'))
  const [found] = nf?.properties[0]?.counterexamples ?? []
  t.is(found?.packets.length, 2)
  t.true(existsSync(join(cwd, 'run', found?.capture ?? 'none')))
  const [, command = ''] = /shown again by:\n\s+(vigil replay .*)\n/.exec(stdout) ?? []
  t.is((await shell(`${command} --out again`, cwd)).code, 1)
})

const refusals: readonly [what: string, words: readonly string[], message: RegExp][] = [
  [
    'a property that is nobody\u2019s',
    ['nop', 'nat', '--property', 'pairs-are-open'],
    /no property pairs-are-open \(nop has no-byte-changes, .*; nat has /,
  ],
  ['both options', ['nop', '--property', 'no-byte-changes', '--properties'], /--property and --properties/],
  ['a list of a property', ['nop', '--list', '--property', 'no-byte-changes'], /--list and --property/],
  ['a list of every configuration', ['nop', '--list', '--any-config'], /listed for one configuration/],
  ['a list in a folder', ['nop', '--list', '--out', 'run'], /--list and --out/],
]
for (const [what, words, message] of refusals) {
  test.serial(`${what}: one line, exit code 2`, async (t) => {
    const { code, stderr } = await vigilHere(['verify', ...words])
    t.is(code, 2)
    t.regex(stderr, message)
    t.true(isOneLine(stderr), stderr)
  })
}

test.serial('--list tells what there is to show, by guarantee and place, and judges nothing', async (t) => {
  const cwd = temporary()
  const { code, stdout, stderr } = await vigilHere(['verify', 'nop', '--list'], cwd)
  t.is(code, 0, stderr)
  t.regex(stdout, /^nop: 7 obligations on 2 paths, not judged\n/)
  t.regex(stdout, /\n {2}verdict +\S+nfs\/nop\/spec\.ts:\d+ +\d+ +on \d+ paths? /)
  t.false(existsSync(join(cwd, 'reports')))
})

test.serial('--list --json has the obligations that a proof judges, also of a binary that is wrong', async (t) => {
  const cwd = temporary()
  mine(cwd, specOf('return forward(1 - ingress, packet)'), wasmThatDoes('drop'))
  const { code, stdout } = await vigilHere(['verify', 'mine', '--list', '--json'], cwd)
  t.is(code, 0)
  const list: ObligationList = JSON.parse(stdout)
  const [nf] = list.nfs
  if (nf?.kind !== 'listed') return t.fail(stdout)
  await vigilHere(['verify', 'mine', '--out', 'run'], cwd)
  t.is(verifiedIn(join(cwd, 'run'))[0]?.obligations, nf.obligations.length)
  for (const { guarantee, what, path, of } of nf.obligations) {
    t.true(guarantee !== '' && what !== '' && path >= 1 && path <= (of === 'nf_init' ? 1 : nf.paths))
  }
})

test.serial('--list of what is wrong in itself is its entry: exit code 2', async (t) => {
  const cwd = temporary()
  writeFileSync(join(cwd, 'text.wasm'), 'not a module')
  const { code, stdout } = await vigilHere(['verify', 'nop', '--list', '--binary', 'text.wasm'], cwd)
  t.is(code, 2)
  t.regex(stdout, /nop: error: .*text\.wasm: is not a WebAssembly module/)
})
