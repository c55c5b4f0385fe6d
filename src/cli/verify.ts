/** `vigil verify`: proves that network functions meet their specifications. */

import { join, relative } from 'node:path'
import type { Command } from 'commander'

import { InputError } from '../errors.js'
import type { RunResult } from '../result/index.js'
import type { VerifyLibvigOptions } from '../verify/run/libvig.js'
import { type SolverName, solverNames, type VerifyOptions, type VerifyProgress } from '../verify/run/options.js'
import { collect, integer, type VerbContext, verb } from './command.js'
import { oneLine } from './failure.js'
import { interruption } from './interrupt.js'
import { type TextLine, textLine } from './progress.js'

interface Options {
  readonly nf?: readonly string[]
  readonly all?: boolean
  readonly config?: readonly string[]
  readonly anyConfig?: boolean
  readonly lock?: boolean
  readonly binary?: string
  readonly property?: readonly string[]
  readonly properties?: boolean
  readonly list?: boolean
  readonly libvig?: boolean
  readonly operation?: readonly string[]
  readonly capacity?: number
  readonly solver?: readonly string[]
  readonly crossCheck?: string
  readonly dump?: string
  readonly maxFrame?: number
  readonly jobs?: number
  readonly seed?: number
  readonly verbose?: boolean
  readonly out?: string
  readonly json?: boolean
}

export function verifyVerb(context: VerbContext): Command {
  return verb('verify', 'prove that network functions meet their specifications, for every packet and state', [
    'vigil verify nat',
    'vigil verify --all --out proofs',
    'vigil verify nat --property unsolicited-inbound-dropped',
    'vigil verify --all --properties',
    'vigil verify bridge --list --json',
    'vigil verify firewall --config maxFlows=16 --solver z3-embedded --solver cvc5',
    'vigil verify nop --binary mine.wasm --cross-check z3 --json',
    'vigil verify --libvig --json',
  ])
    .argument('[nf...]', 'network functions: of nfs/, of the package, or folders')
    .option('--nf <name>', 'the same as naming it, as with other verbs; may be repeated', collect)
    .option('--all', 'every network function that goes by name and that this machine can build')
    .option('--config <name=value>', 'or a YAML file; of several nf.name=value; may be repeated', collect)
    .option('--any-config', 'every configuration that nf.yaml allows, not one; --config fixes what it names')
    .option('--binary <file>', 'a module (.wasm) or a source (.ts, .c) in place of what nf.yaml names')
    .option('--property <name>', 'only this property, not the specification; may be repeated', collect)
    .option('--properties', 'every property beside the specification too, after it')
    .option('--list', 'only list what there is to show for the specification, without judging it')
    .option(
      '--libvig',
      'libVig itself instead: each of its operations against its contract, for any capacity or in small scopes',
    )
    .option('--operation <name>', 'only this operation of libVig; may be repeated', collect)
    .option(
      '--capacity <entries>',
      "of libVig's largest structures (default: 4, fewer where that takes long)",
      integer('--capacity', 1, 8),
    )
    .option('--lock', 'keep what was found out in verify.lock.yaml beside nf.yaml, for the next proof')
    .option('--max-frame <bytes>', 'of the longest packet (default: 1514)', integer('--max-frame', 60, 9018))
    .option('--solver <name>', `${solverNames.join(', ')}; may be repeated: asked in this order`, collect)
    .option('--cross-check <name>', 'another solver that is asked again whatever was answered')
    .option('--dump <folder>', 'every query to a solver as an .smt2 file')
    .option(
      '--jobs <number>',
      'threads at work: network functions side by side, or paths of one (default: one a processor)',
      integer('--jobs', 1, 256),
    )
    .option('--seed <number>', 'of the packets tried out for layouts (default: 0)', integer('--seed', 0))
    .option('--verbose', 'tell what was found out: pairing, layouts, invariants')
    .option('--out <folder>', 'of the results; default: a new one in reports/, and reports/latest points to it')
    .action((nfs: string[], options: Options) => runVerify(nfs, options, context))
}

async function runVerify(nfs: readonly string[], options: Options, context: VerbContext): Promise<void> {
  if (options.libvig === true) return runLibvig(nfs, options, context)
  const { terminal, finish, commandLine, startTask } = context
  const given = verifyOptions([...nfs, ...(options.nf ?? [])], options)
  const all = options.all === true ? { nfs: await buildable(terminal) } : {}
  const { listObligations, verify } = await import('../verify/run/index.js')
  const { checkOut } = await import('../result/index.js')
  if (options.out !== undefined) checkOut(options.out)
  const line = textLine(terminal)
  const { signal, release } = interruption()
  const asked = {
    ...given,
    ...all,
    command: commandLine,
    signal,
    onProgress: (progress: VerifyProgress) => show(line, progress),
  }
  const ended = (): void => {
    line.clear()
    release()
  }
  if (options.list === true) {
    const { listText } = await import('./obligations-text.js')
    const list = await listObligations(asked, startTask).finally(ended)
    finish(list.exitCode)
    terminal.out(options.json === true ? `${JSON.stringify(list, undefined, 2)}\n` : listText(list))
    return
  }
  // What tells of it is loaded while others prove.
  const [result] = await Promise.all([verify(asked, startTask).finally(ended), telling()])
  await report(result, options, context, () => finish(result.exitCode))
}

async function telling() {
  const [{ resultText, writeRun }, { summary }] = await Promise.all([
    import('../report/index.js'),
    import('./summary.js'),
  ])
  return { resultText, writeRun, summary }
}

/** Writes the run folder, and tells of it. */
async function report(
  result: RunResult,
  options: Options,
  { terminal }: VerbContext,
  finish: () => void,
): Promise<void> {
  finish()
  const { resultText, writeRun, summary } = await telling()
  const folder = writeRun(result, { verb: 'verify', ...(options.out === undefined ? {} : { out: options.out }) })
  const tell = options.json === true ? terminal.err : terminal.out
  tell(summary(result, relative('.', join(folder, 'report.html')), options.verbose))
  if (options.json === true) terminal.out(resultText(result))
  if (result.verdict === 'error') terminal.err(`vigil: ${oneLine(result.cause ?? 'the run ended early')}\n`)
}

async function runLibvig(nfs: readonly string[], options: Options, context: VerbContext): Promise<void> {
  const { terminal, finish, commandLine } = context
  const given = libvigOptions(nfs, options)
  const { verifyLibvig } = await import('../verify/run/index.js')
  const { checkOut } = await import('../result/index.js')
  if (options.out !== undefined) checkOut(options.out)
  const line = textLine(terminal)
  const { signal, release } = interruption()
  const result = await verifyLibvig({
    ...given,
    command: commandLine,
    signal,
    onProgress: ({ what, done, total }) => line.show(`${done} of ${total} done, ${what}`),
  }).finally(() => {
    line.clear()
    release()
  })
  await report(result, options, context, () => finish(result.exitCode))
}

/** Of libVig's own proof only what it can be told. */
function libvigOptions(nfs: readonly string[], options: Options): VerifyLibvigOptions {
  const { libvig: _, operation, capacity, binary, solver, jobs, out: __, json: ___, verbose: ____, ...others } = options
  const [odd] = [...nfs, ...(options.nf ?? []), ...Object.keys(others).map(optionName)]
  if (odd !== undefined) {
    throw new InputError(`--libvig and ${odd}`, { hint: 'leave out one of them' })
  }
  return {
    ...(operation === undefined ? {} : { operations: operation }),
    ...(capacity === undefined ? {} : { capacity }),
    ...(binary === undefined ? {} : { binary }),
    ...(jobs === undefined ? {} : { jobs }),
    ...(solver === undefined ? {} : { solvers: solver.map((name) => solverOf('--solver', name)) }),
  }
}

function optionName(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

/** What cannot be built here is left out of all, and named. */
async function buildable(terminal: VerbContext['terminal']): Promise<readonly string[]> {
  const { listBuildable } = await import('../nf/index.js')
  const { names, leftOut } = await listBuildable()
  for (const { name, why } of leftOut) terminal.err(`vigil: ${name} is left out: ${oneLine(why)}\n`)
  return names
}

function show(line: TextLine, { nf, what, done, total }: VerifyProgress): void {
  line.show(`${total === 1 ? '' : `${done} of ${total} done, `}${nf}: ${what}`)
}

/** Only what was given: everything else is the library's default. */
function verifyOptions(nfs: readonly string[], options: Options): VerifyOptions {
  const { all, property, properties, solver, crossCheck, maxFrame } = options
  const { config, anyConfig, lock, binary, dump, jobs, seed } = options
  if (all === true && nfs.length > 0) throw new InputError('--all and names', { hint: 'leave out one of them' })
  for (const [name, value] of Object.entries({ '--operation': options.operation, '--capacity': options.capacity })) {
    if (value !== undefined) throw new InputError(`${name} without --libvig`, { hint: 'it is about libVig itself' })
  }
  if (all !== true && nfs.length === 0) {
    throw new InputError('no network function is named', { hint: 'name one or several, or --all' })
  }
  if (property !== undefined && properties === true) {
    throw new InputError('--property and --properties', { hint: 'leave out one of them' })
  }
  const unlisted = Object.entries({ '--property': property, '--properties': properties, '--out': options.out })
  const [odd] = unlisted.find(([, value]) => value !== undefined) ?? []
  if (options.list === true && odd !== undefined) {
    throw new InputError(`--list and ${odd}`, { hint: 'what is listed is of the specification, and only printed' })
  }
  const lockless = Object.entries({ '--binary': binary, '--property': property, '--list': options.list })
  const [unlocked] = lockless.find(([, value]) => value !== undefined) ?? []
  if (lock === true && unlocked !== undefined) {
    throw new InputError(`--lock and ${unlocked}`, {
      hint: "what is kept is of the network function's own binary and its specification",
    })
  }
  const asked = properties === true ? 'all' : property
  return {
    ...(config === undefined ? {} : { config }),
    ...(anyConfig === undefined ? {} : { anyConfig }),
    ...(lock === undefined ? {} : { lock }),
    ...(binary === undefined ? {} : { binary }),
    ...(dump === undefined ? {} : { dump }),
    ...(jobs === undefined ? {} : { jobs }),
    ...(seed === undefined ? {} : { seed }),
    ...(asked === undefined ? {} : { properties: asked }),
    ...(nfs.length === 0 ? {} : { nfs }),
    ...(solver === undefined ? {} : { solvers: solver.map((name) => solverOf('--solver', name)) }),
    ...(crossCheck === undefined ? {} : { crossCheck: solverOf('--cross-check', crossCheck) }),
    ...(maxFrame === undefined ? {} : { longest: maxFrame }),
  }
}

function solverOf(option: string, text: string): SolverName {
  const name = solverNames.find((each) => each === text)
  if (name === undefined) throw new InputError(`${option} ${JSON.stringify(text)}`, { hint: solverNames.join(', ') })
  return name
}
