/** Where failures in the simulator come from: a wrong network function, a wrong specification, and what nothing tells apart. */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Ajv } from 'ajv'
import test from 'ava'

import { conform } from '../../../src/conform/conform.js'
import type { FailureOrigin, RunResult } from '../../../src/result/index.js'
import { mine, specOf, wasmThatDoes } from '../../cli/fixtures.js'
import { vigilHere } from '../../cli/here.js'
import { temporary } from '../../temporary.js'
import { catalogue } from '../../wrong-builds/catalogue.js'
import { writeSource } from '../../wrong-builds/wrong-build.js'
import { caseFile, datagram, packet } from '../real/cases.js'

const schema: unknown = JSON.parse(readFileSync('docs/schemas/result.schema.json', 'utf8'))
const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile<RunResult>(
  typeof schema === 'object' && schema !== null ? schema : {},
)

const out = datagram('10.0.0.5', 4000, '203.0.113.5', 53)
const answer = packet(1, datagram('203.0.113.5', 53, '198.51.100.1', 1024))
const stranger = packet(1, datagram('203.0.113.9', 53, '198.51.100.1', 1024))
const folder = temporary()

function build(name: string): string {
  const wrong = catalogue.nat?.find((each) => each.name === name)
  if (wrong === undefined) throw new Error(`there is no wrong build ${name}`)
  return writeSource(folder, 'nat', wrong)
}

/** The line of a file that has a text. */
function lineWith(file: string, text: string): number {
  return (
    readFileSync(file, 'utf8')
      .split('\n')
      .findIndex((line) => line.includes(text)) + 1
  )
}

async function originOf(nf: string, binary: string, file: string): Promise<FailureOrigin> {
  const result = await conform({ nf, binary, config: ['maxFlows=2'], cases: [file] })
  t(validate(result))
  const [failing] = result.conform?.failing ?? []
  if (failing?.origin === undefined) throw new Error(JSON.stringify(result.conform))
  return failing.origin
}

function t(isValid: boolean): void {
  if (!isValid) throw new Error(JSON.stringify(validate.errors))
}

/** nfs/nat with one text of its specification in place of another. */
function natWith(name: string, from: string, to: string): string {
  const copy = join(folder, name, 'nfs', 'nat')
  cpSync('nfs/nat', copy, { recursive: true })
  const text = readFileSync('nfs/nat/spec.ts', 'utf8')
  if (!text.includes(from)) throw new Error(`the specification has no ${from}`)
  writeFileSync(join(copy, 'spec.ts'), text.replace(from, to))
  return copy
}

test.serial(
  'a missing comparison: both lines are named, and a property that the network function breaks',
  async (t) => {
    const binary = build('peer-address-not-compared')
    const origin = await originOf('nat', binary, caseFile('stranger', [packet(0, out), stranger, answer]))
    t.like(origin, { kind: 'difference', likelier: 'network function' })
    t.is(origin.spec?.line, lineWith('nfs/nat/spec.ts', '// another peer'))
    t.is(origin.nf?.file, binary)
    t.regex(origin.reason, /nf\.ts:\d+ \(its last decision\) and .*spec\.ts:\d+/)
    t.true(origin.evidence.some((line) => /network function did breaks .*strangers-are-dropped/.test(line)))
    t.true(origin.evidence.some((line) => /^in the symbolic model they differ .*not \(.*peer.*\(verdict\)$/.test(line)))
  },
)

test.serial('a wrong byte: the line that writes it', async (t) => {
  const binary = writeSource(folder, 'nat', {
    name: 'wrong-address-written',
    why: '',
    find: 'storeU32BE(addressAt, address)',
    replace: 'storeU32BE(addressAt, address + 1)',
  })
  const written = await originOf('nat', binary, caseFile('port', [packet(0, out)]))
  t.is(written.nf?.line, lineWith(binary, 'storeU32BE(addressAt, address + 1)'))
  t.regex(written.reason, /\(it writes byte 29\)/)
  // Of a mapping that is not there yet: the path of one that is there differs too.
  t.true(written.evidence.some((line) => /^in the symbolic model .* where not \(flows has/.test(line)))
})

test.serial('a specification that expects what its own property forbids is likelier wrong', async (t) => {
  const nf = natWith('open-to-strangers', 'peer !== flow.peer || ', '')
  const origin = await originOf(nf, resolve('nfs/nat/nf.ts'), caseFile('open', [packet(0, out), stranger]))
  t.like(origin, { kind: 'difference', likelier: 'specification' })
  t.true(origin.evidence.some((line) => /specification expects would break .*strangers-are-dropped/.test(line)))
})

test.serial('where no property tells, none is said to be likelier', async (t) => {
  const nf = natWith('hop-counted', 'src: config.externalIp, ttl }', 'src: config.externalIp, ttl: ttl - 1 }')
  rmSync(join(nf, 'properties', 'headers.ts'))
  const origin = await originOf(nf, resolve('nfs/nat/nf.ts'), caseFile('hops', [packet(0, out)]))
  t.is(origin.kind, 'difference')
  t.is(origin.likelier, undefined, JSON.stringify(origin.evidence))
  t.true(origin.evidence.includes('this line answered no other packet of this run that went as it says'))
})

test.serial(
  'a binary without a source, and a trap, have offsets; what is told is in every form of the result',
  async (t) => {
    const cwd = temporary()
    mine(cwd, specOf('return forward(1 - ingress, packet)'), wasmThatDoes('trap'))
    const ran = await vigilHere(['conform', 'mine', '--case', caseFile('trap', [packet(0, out)]), '--out', 'run'], cwd)
    t.is(ran.code, 1)
    const said = /the network function does what no specification allows: \S+mine\.wasm/
    t.regex(ran.stdout, said)
    for (const name of ['report.html', 'junit.xml']) t.regex(readFileSync(join(cwd, 'run', name), 'utf8'), said)
  },
)
