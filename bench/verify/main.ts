/**
 * Proving the network functions in their default configurations: `node build/bench/verify/main.js [NF...]`. Each has a
 * process of its own, with the embedded solver; `--one NF` proves in this process and prints JSON, `--solver NAME` takes
 * another back-end, `--any-config` proves for every configuration that nf.yaml allows, `--profile` says in which phase
 * the time went. The exit code is 1 where something is not proved.
 *
 * `--properties NF` proves the properties beside NF's specification instead, in this process; `--only NAME` one of them,
 * `--config KEY=VALUE` (as often as need be) and `--ports COUNT` in another
 * configuration.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { type BackendName, openSyncSolver, type SyncSolver } from '../../src/smt/index.js'
import { loadInstrumentedPropertiesOf, loadSubject, prepare, prove, proveProperty } from '../../src/verify/index.js'
import { type PhaseFigures, Profile } from './profile.js'

/**
 * Vigor, table 3 (Zaostrovnykh et al., SOSP 2019): paths, and CPU seconds for each, full stack included. Another stack
 * and another machine: for orientation.
 */
const VIGOR: Readonly<Record<string, readonly [paths: number, seconds: number]>> = {
  nat: [54, 88],
  bridge: [69, 80],
  balancer: [146, 219],
  policer: [37, 82],
  firewall: [43, 88],
}

const BACKENDS: readonly BackendName[] = ['z3-embedded', 'z3-inline', 'z3', 'cvc5', 'bitwuzla']

interface Figures {
  readonly nf: string
  readonly verdict: string
  readonly configuration: string
  readonly causes: readonly string[]
  readonly paths: number
  readonly obligations: number
  readonly queries: number
  readonly solverSeconds: number
  readonly seconds: number
  readonly peakMegabytes: number
  readonly phases: readonly PhaseFigures[]
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    one: { type: 'boolean', default: false },
    properties: { type: 'string' },
    only: { type: 'string' },
    ports: { type: 'string' },
    config: { type: 'string', multiple: true, default: [] },
    solver: { type: 'string', default: 'z3-embedded' },
    'any-config': { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
  },
})
const anyConfig = values['any-config']
const names = positionals.length > 0 ? positionals : ['nop', 'nat', 'firewall', 'bridge', 'balancer', 'policer']

if (values.properties !== undefined) {
  await proveProperties(values.properties)
  process.exit()
}
if (values.one) {
  console.log(JSON.stringify(await measure(names[0] ?? '')))
  process.exit()
}
for (const name of names) {
  const figures = inOwnProcess(name)
  console.log(line(figures))
  if (anyConfig) console.log(`    ${figures.configuration}`)
  for (const cause of figures.causes) console.log(`    ${cause}`)
  if (values.profile) for (const phase of figures.phases) console.log(phaseLine(phase))
  if (figures.verdict !== 'proved') process.exitCode = 1
}

async function openSolver(): Promise<SyncSolver> {
  const backend = BACKENDS.find((each) => each === values.solver)
  if (backend === undefined) throw new Error(`no solver ${values.solver}; there are ${BACKENDS.join(', ')}`)
  return openSyncSolver({ backends: [backend] })
}

/** One line for each property. What they share is done once, and its time is a line of its own. */
async function proveProperties(name: string): Promise<void> {
  const solver = await openSolver()
  const portCount = values.ports === undefined ? {} : { portCount: Number(values.ports) }
  const subject = await loadSubject(name, { config: values.config, ...portCount })
  const properties = await loadInstrumentedPropertiesOf(subject.spec.file)
  const started = performance.now()
  const prepared = prepare(subject, { solver })
  console.log(`${name}: prepared in ${((performance.now() - started) / 1000).toFixed(1)} s`)
  for (const property of properties) {
    if (values.only !== undefined && property.name !== values.only) continue
    const { verdict, causes, paths, speaking, obligations, seconds } = proveProperty(subject, property, {
      solver,
      prepared,
    })
    const counts = `${paths} paths, ${speaking} of them speak, ${obligations} obligations`
    console.log([property.name.padEnd(40), verdict, counts, `${seconds.toFixed(1)} s`].join(' | '))
    for (const { what, paths: on, place } of causes)
      console.log(`    ${on} paths: ${what} ${JSON.stringify(place ?? {})}`)
    if (verdict !== 'proved') process.exitCode = 1
  }
  await solver.close()
}

async function measure(name: string): Promise<Figures> {
  const solver = await openSolver()
  const subject = await loadSubject(name, { anyConfig })
  const profile = new Profile('nf_init')
  const proof = prove(subject, { solver: profile.watching(solver), onProgress: profile.enter })
  profile.enter('end')
  const asked = solver.statistics().filter(({ by }) => by !== 'terms' && by !== 'cache')
  await solver.close()
  return {
    nf: name,
    verdict: proof.verdict,
    configuration: proof.configuration,
    causes: proof.causes.map(({ what, paths }) => `${paths} paths: ${what}`),
    paths: proof.paths,
    obligations: proof.obligations,
    queries: asked.reduce((sum, { sat, unsat, unknown }) => sum + sat + unsat + unknown, 0),
    solverSeconds: asked.reduce((sum, { seconds }) => sum + seconds, 0),
    seconds: proof.seconds,
    peakMegabytes: process.resourceUsage().maxRSS / 1024,
    phases: profile.list().filter(({ seconds }) => seconds > 0),
  }
}

function inOwnProcess(name: string): Figures {
  const self = fileURLToPath(import.meta.url)
  const { stdout, status } = spawnSync(
    process.execPath,
    [self, '--one', name, '--solver', values.solver, ...(anyConfig ? ['--any-config'] : [])],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  if (status !== 0) throw new Error(`proving ${name} failed`)
  return JSON.parse(stdout)
}

function line({ nf, verdict, paths, obligations, queries, solverSeconds, seconds, peakMegabytes }: Figures): string {
  const vigor = VIGOR[nf]
  return [
    nf.padEnd(9),
    verdict,
    `${paths} paths, ${obligations} obligations`,
    `${queries} queries`,
    `${seconds.toFixed(1)} s, ${solverSeconds.toFixed(1)} s of them in the solver`,
    `peak ${peakMegabytes.toFixed(0)} MB`,
    ...(vigor === undefined ? [] : [`Vigor: ${vigor[0]} paths x ${vigor[1]} s`]),
  ].join(' | ')
}

function phaseLine({ phase, seconds, solverSeconds, answers: { sat, unsat, unknown } }: PhaseFigures): string {
  const asked = `${sat} sat, ${unsat} unsat, ${unknown} unknown`
  return `    ${phase.padEnd(40)} ${seconds.toFixed(1)} s, ${solverSeconds.toFixed(1)} s of them in the solver: ${asked}`
}
