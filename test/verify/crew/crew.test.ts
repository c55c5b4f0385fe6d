/** Proofs with helpers in threads of their own: they come out as without. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import test from 'ava'

import { codeFile } from '../../../src/nf/index.js'
import { openSyncSolver } from '../../../src/smt/index.js'
import { loadInstrumentedPropertiesOf } from '../../../src/spec/load/properties.js'
import { Crew } from '../../../src/verify/crew/crew.js'
import { Cases } from '../../../src/verify/crew/runs.js'
import { configurations, loadSubject, type ProofOptions, prove, proveProperty } from '../../../src/verify/index.js'
import { readLock } from '../../../src/verify/lock/index.js'
import { pathTree } from '../../../src/verify/path-tree.js'
import { Places } from '../../../src/verify/places.js'
import type { Proof } from '../../../src/verify/prove.js'
import type { Subject } from '../../../src/verify/subject.js'
import { temporary } from '../../temporary.js'
import { wrongFirewalls } from '../../wrong-builds/firewall/builds.js'
import { writeSource } from '../../wrong-builds/wrong-build.js'

interface Given {
  readonly nf: string
  readonly binary?: string
  readonly anyConfig?: boolean
  /** The network function that the helpers know. */
  readonly helpers?: string
}

const HELPERS = 2
/** It is proved again until helpers have answered more. */
const ENOUGH = 10

/** What is proved alone, and with two helpers; how many queries these have answered, and who was lost. */
async function twice<R>(
  { nf, binary, anyConfig = false, helpers = nf }: Given,
  prove: (subject: Subject, options: ProofOptions) => R,
) {
  const subject = await loadSubject(nf, { anyConfig, ...(binary === undefined ? {} : { binary }) })
  const solver = await openSyncSolver({ backends: ['z3-embedded'] })
  const lost: string[] = []
  const employment = {
    nf: helpers,
    subject: { config: [], anyConfig, ...(binary === undefined ? {} : { binary }) },
    solver: { backends: ['z3-embedded' as const] },
    hasProperties: true,
  }
  const crew = new Crew(HELPERS, employment, { onLost: (why) => lost.push(why), after: 0 })
  try {
    const lock = readLock(subject.nf.manifest.file.replace('nf.yaml', 'verify.lock.yaml'))
    const options = { solver, random: () => 0.5, ...(lock === undefined ? {} : { lock }) }
    const answeredByNow = () => crew.statistics().reduce((sum, { sat, unsat }) => sum + sat + unsat, 0)
    // They come while it is proved without them, and a short proof may be over before they are there.
    const alone = prove(subject, options)
    let together = prove(subject, { ...options, crew })
    const end = Date.now() + 60_000
    while (answeredByNow() <= ENOUGH && lost.length < HELPERS && Date.now() < end) {
      together = prove(subject, { ...options, crew })
    }
    const answered = answeredByNow()
    return { subject, alone, together, answered, lost }
  } finally {
    await Promise.all([solver.close(), crew.close()])
  }
}

/** All that a report says of a proof, but for times. */
function told(
  { verdict, causes, obligations, explored, pairing, counterexample }: Proof,
  { nf, machine, portCount }: Subject,
) {
  const places = new Places(nf, machine.module, codeFile(nf.manifest))
  const tree = pathTree({ explored, pairing, places, portCount })
  return {
    verdict,
    causes,
    obligations,
    tree: tree.map(({ seconds: _seconds, ...path }) => path),
    packets: counterexample?.finding.packets.map(({ bytes }) => [...bytes]),
  }
}

test.serial('a proof with helpers is the one without, path by path, and each path is confirmed', async (t) => {
  const { subject, alone, together, answered, lost } = await twice({ nf: 'bridge' }, prove)
  t.true(answered > ENOUGH)
  t.deepEqual(lost, [])
  t.deepEqual(told(together, subject), told(alone, subject))
  t.is(together.verdict, 'proved')
  t.true(together.explored.confirmations?.every((each) => each?.kind === 'confirmed'))
})

/** The same network function with fewer cases. */
function nopOfFewPorts(): string {
  const folder = temporary('crew')
  const text = readFileSync('nfs/nop/nf.yaml', 'utf8')
    .replace('max: 30', 'max: 5')
    .replace(
      /^(source|spec): (.*)$/gm,
      (_, key: string, file: string) => `${key}: ${relative(folder, resolve('nfs/nop', file))}`,
    )
  writeFileSync(join(folder, 'nf.yaml'), text)
  return folder
}

test.serial('every case of a proof for any configuration is helped with as itself', async (t) => {
  const { subject, alone, together, answered } = await twice({ nf: nopOfFewPorts(), anyConfig: true }, prove)
  t.true(answered > ENOUGH)
  t.is(together.verdict, 'proved')
  t.is(together.paths, alone.paths)
  t.deepEqual(told(together, subject), told(alone, subject))
})

test.serial('a helper is told a case by its number', async (t) => {
  const subject = await loadSubject('nop', { anyConfig: true })
  const solver = await openSyncSolver({ backends: ['z3-inline'] })
  t.teardown(() => solver.close())
  const cases = new Cases(subject, solver)
  const all = configurations(subject)
  t.true(all.length > 1)
  for (const each of all) {
    const work = { kind: 'packets', configuration: each.configuration.number, lock: undefined, longest: 60 } as const
    t.is(cases.of(work).subject, each)
  }
})

test.serial('a property with helpers is the one without', async (t) => {
  const specFile = (await loadSubject('bridge')).spec.file
  const all = await loadInstrumentedPropertiesOf(specFile)
  const property = all.find(({ name }) => name === 'reserved-addresses-stay')
  if (property === undefined) return t.fail()
  const { alone, together, answered, lost } = await twice({ nf: 'bridge' }, (subject, options) =>
    proveProperty(subject, property, options),
  )
  t.true(answered > ENOUGH)
  t.deepEqual(lost, [])
  const { seconds: _alone, ...one } = alone
  const { seconds: _together, ...other } = together
  t.deepEqual({ ...other, pairing: [], property: '' }, { ...one, pairing: [], property: '' })
  t.is(one.verdict, 'proved')
})

test.serial('what is refuted alone is refuted by the same packets with helpers', async (t) => {
  const wrong = wrongFirewalls.find(({ name }) => name === 'unsolicited-inbound-passes')
  if (wrong === undefined) return t.fail()
  const binary = writeSource(temporary('crew'), 'firewall', wrong)
  const { subject, alone, together } = await twice({ nf: 'firewall', binary }, prove)
  t.is(together.verdict, 'refuted')
  t.deepEqual(told(together, subject), told(alone, subject))
})

test.serial('helpers that cannot begin are lost, which is told, and the proof goes on without', async (t) => {
  const { subject, alone, together, answered, lost } = await twice({ nf: 'nop', helpers: 'no-such' }, prove)
  t.deepEqual(told(together, subject), told(alone, subject))
  t.is(answered, 0)
  t.is(lost.length, HELPERS)
  t.regex(lost[0] ?? '', /no network function no-such/)
})
