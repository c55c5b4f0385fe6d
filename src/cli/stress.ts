/** `vigil stress`: load tests of a network function on real ports. */
import { join, relative } from 'node:path'
import type { Command } from 'commander'

import { InputError } from '../errors.js'
import type { StressOptions, StressProgress } from '../stress/run/options.js'
import { parseDuration } from '../testbed/duration.js'
import { collect, integer, rootlessOption, type VerbContext, verb } from './command.js'
import { oneLine } from './failure.js'
import { interruption } from './interrupt.js'
import { textLine } from './progress.js'
import { runRootless } from './rootless.js'

interface Options {
  readonly topology: string
  readonly test: string
  readonly profile?: string
  readonly config?: readonly string[]
  readonly binary?: string
  readonly sizes?: string
  readonly ip?: string
  readonly direction?: string
  readonly flows?: number
  readonly duration?: string
  readonly repeat?: number
  readonly loss?: string
  readonly rateCap?: number
  readonly judge: boolean
  readonly seed?: number
  readonly out?: string
  readonly rootless?: boolean
  readonly json?: boolean
}

export function stressVerb(context: VerbContext): Command {
  return verb('stress', 'load a network function on real ports: throughput, latency, loss', [
    'vigil stress nop --topology two-port-veth --test throughput',
    'vigil stress nat --topology two-port-veth --test throughput,latency,frame-loss --flows 10000',
    'vigil stress bridge --topology bridge-linux --test throughput,back-to-back,recovery --sizes 64,512',
    'vigil stress firewall --topology two-port-veth --test throughput,latency --ip 6 --direction both',
    'vigil stress nat --topology two-port-veth --test capacity,connection-rate,longest-path --sizes 64',
    'vigil stress nat --topology my-router.yaml --test throughput,latency --profile rfc',
  ])
    .argument('[nf]', 'of nfs/, of the package, or a folder; where the topology leaves it open')
    .requiredOption(
      '--topology <file>',
      'one whose ports are veth pairs, or interfaces that a device is cabled to; of topologies/, of the package, or a file',
    )
    .requiredOption(
      '--test <names>',
      'one or more of throughput, latency, frame-loss, back-to-back, recovery, and of those of one kind: docs/stress.md',
    )
    .option('--profile <name>', 'quick (default): some seconds; rfc: durations, repetitions and sizes of the RFCs')
    .option('--config <name=value>', 'or a YAML file; may be repeated', collect)
    .option('--binary <file>', 'a module (.wasm) or a source (.ts, .c) in place of what nf.yaml names')
    .option('--sizes <bytes>', 'of frames with their check sequence, such as 64,512,1518')
    .option('--ip <version>', '4 (default) or 6')
    .option(
      '--direction <name>',
      'one (default) or both: what comes out is answered; stations send from all ports anyhow',
    )
    .option('--flows <number>', 'different ones (default: 1000)', integer('--flows', 1, 10_000_000))
    .option(
      '--duration <time>',
      'of a trial that decides, and of the longest burst up to 30 s; such as 500ms or 10s, a plain number is seconds',
    )
    .option('--repeat <times>', 'each test (default: 3, with rfc as the RFC says)', integer('--repeat', 1, 1000))
    .option('--loss <share>', 'of frames that may be lost at the throughput: 0.001 or 0.1% (default: 0)')
    .option('--rate-cap <pps>', 'frames a second that are never exceeded', integer('--rate-cap', 1))
    .option('--no-judge', 'do not hold what comes out to the specification: for a box that it does not describe')
    .option('--seed <number>', 'of flows and payloads (default: 0)', integer('--seed', 0))
    .option('--out <folder>', 'of the results; default: a new one in reports/, and reports/latest points to it')
    .addOption(rootlessOption())
    .action((nf: string | undefined, options: Options) => runStress(nf, options, context))
}

async function runStress(nf: string | undefined, options: Options, context: VerbContext): Promise<void> {
  const { terminal, finish, commandLine } = context
  const inside = await runRootless(options)
  if (inside !== undefined) {
    finish(inside)
    return
  }
  const asked = stressOptions(nf, options)
  const { stress } = await import('../stress/run/index.js')
  const { checkOut } = await import('../result/index.js')
  const { resultText, writeRun } = await import('../report/index.js')
  const { stressSummary } = await import('./stress-summary.js')
  if (options.out !== undefined) checkOut(options.out)
  const tell = options.json === true ? terminal.err : terminal.out
  const line = textLine(terminal)
  const { signal, release } = interruption()
  const result = await stress({
    ...asked,
    command: commandLine,
    signal,
    onPlan: (lines) => tell(`${lines.map(oneLine).join('\n')}\n\n`),
    onProgress: (progress) => line.show(progressText(progress)),
  }).finally(() => {
    line.clear()
    release()
  })
  finish(result.exitCode)
  const folder = writeRun(result, { verb: 'stress', ...(options.out === undefined ? {} : { out: options.out }) })
  tell(stressSummary(result, relative('.', join(folder, 'report.html'))))
  if (options.json === true) terminal.out(resultText(result))
  if (result.verdict === 'error') terminal.err(`vigil: ${oneLine(result.cause ?? 'the run ended early')}\n`)
}

/** Only what was given: everything else is the library's default. */
function stressOptions(nf: string | undefined, options: Options): StressOptions {
  const {
    test,
    profile,
    sizes,
    ip,
    direction,
    duration,
    loss,
    judge,
    out: _out,
    rootless: _rootless,
    json: _json,
    ...rest
  } = options
  return {
    ...rest,
    tests: test.split(',').map((name) => name.trim()),
    ...(nf === undefined ? {} : { nf }),
    ...(judge ? {} : { judge }),
    ...(profile === undefined ? {} : { profile: profileOf(profile) }),
    ...(sizes === undefined ? {} : { sizes: sizes.split(',').map(integer('--sizes', 1)) }),
    ...(ip === undefined ? {} : { ip: versionOf(ip) }),
    ...(direction === undefined ? {} : { direction: directionOf(direction) }),
    ...(duration === undefined ? {} : { duration: secondsOf(duration) }),
    ...(loss === undefined ? {} : { loss: lossOf(loss) }),
  }
}

function profileOf(text: string): 'rfc' | 'quick' {
  if (text === 'rfc' || text === 'quick') return text
  throw new InputError(`--profile ${JSON.stringify(text)}`, { hint: 'rfc or quick' })
}

function versionOf(text: string): 4 | 6 {
  if (text === '4') return 4
  if (text === '6') return 6
  throw new InputError(`--ip ${JSON.stringify(text)}`, { hint: '4 or 6' })
}

function directionOf(text: string): 'one' | 'both' {
  if (text === 'one' || text === 'both') return text
  throw new InputError(`--direction ${JSON.stringify(text)}`, { hint: 'one or both' })
}

function secondsOf(text: string): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number(parseDuration(text) ?? -1n) / 1e9
  if (value > 0) return value
  throw new InputError(`--duration ${JSON.stringify(text)}`, { hint: 'such as 0.5, 500ms or 10s' })
}

function lossOf(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(\s*%)?$/.exec(text)
  const value = match === null ? Number.NaN : Number(match[1]) / (match[2] === undefined ? 1 : 100)
  if (value >= 0 && value < 1) return value
  throw new InputError(`--loss ${JSON.stringify(text)}`, { hint: 'a share such as 0.001 or 0.1%' })
}

function progressText({ test, size, rate, seconds, estimate }: StressProgress): string {
  const speed = rate === undefined ? 'as fast as possible' : `${Math.round(rate).toLocaleString('en-US')} a second`
  return `${Math.round(seconds)} s of about ${Math.round(estimate)} s: ${test}, ${size} bytes, ${speed}`
}
