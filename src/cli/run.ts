/** `vigil run`: a network function on ports of this machine, or on captures. */

import type { Command } from 'commander'

import { InputError } from '../errors.js'
import { count, counted, seconds } from '../report/format.js'
import type { RunProgress, RunReport, RunStart } from '../run/index.js'
import { parseDuration } from '../testbed/duration.js'
import { collect, integer, rootlessOption, type VerbContext, verb } from './command.js'
import { oneLine } from './failure.js'
import { interruption } from './interrupt.js'
import { textLine } from './progress.js'
import { runRootless } from './rootless.js'
import { table } from './table.js'

interface Options {
  readonly topology: string
  readonly config?: readonly string[]
  readonly binary?: string
  readonly debugBuild?: boolean
  readonly duration?: string
  readonly poll?: string
  readonly burst?: number
  readonly rootless?: boolean
  readonly json?: boolean
}

export function runVerb(context: VerbContext): Command {
  return verb('run', 'run a network function on ports of this machine, or on captures', [
    'vigil run nat --topology two-port-veth --duration 10',
    'vigil run nat --topology two-nics.yaml',
    'vigil run bridge --topology four-nics.yaml --duration 10s --json',
    'vigil run firewall --topology two-nics.yaml --poll busy --config expiration=30s',
  ])
    .argument('[nf]', 'of nfs/, of the package, or a folder; where the topology leaves it open')
    .requiredOption(
      '--topology <file>',
      'one whose ports are interfaces, devices of DPDK, veth pairs or captures; of topologies/, of the package, or a file',
    )
    .option('--config <name=value>', 'or a YAML file; may be repeated', collect)
    .option('--binary <file>', 'a module (.wasm) or a source (.ts, .c) in place of what nf.yaml names')
    .option('--debug-build', 'of a network function in C: what vigil_debug(...) says is printed on standard error')
    .option(
      '--duration <time>',
      'such as 10s or 5m; a plain number is seconds (default: until Ctrl-C, or the end of captures)',
    )
    .option('--poll <how>', 'wait (default), or busy: ask again at once, for the least latency')
    .option(
      '--burst <frames>',
      'handed to the network function together, 1 to 256 (default: 32)',
      integer('--burst', 1, 256),
    )
    .addOption(rootlessOption())
    .action((nf: string | undefined, options: Options) => runRun(nf, options, context))
}

async function runRun(nf: string | undefined, options: Options, context: VerbContext): Promise<void> {
  const { terminal, finish, commandLine } = context
  const inside = await runRootless(options)
  if (inside !== undefined) {
    finish(inside)
    return
  }
  const { topology, config, binary, debugBuild, burst } = options
  const duration = options.duration === undefined ? undefined : secondsOf(options.duration)
  const polling = options.poll === undefined ? undefined : pollingOf(options.poll)
  const { runNf } = await import('../run/index.js')
  const tell = options.json === true ? terminal.err : terminal.out
  const line = textLine(terminal)
  const { signal, release } = interruption()
  const ended = (): void => {
    line.clear()
    release()
  }
  const report = await runNf({
    topology,
    ...(nf === undefined ? {} : { nf }),
    ...(config === undefined ? {} : { config }),
    ...(binary === undefined ? {} : { binary }),
    ...(debugBuild === undefined ? {} : { debugBuild }),
    ...(burst === undefined ? {} : { burst }),
    ...(duration === undefined ? {} : { duration }),
    ...(polling === undefined ? {} : { polling }),
    command: commandLine,
    signal,
    onStart: (start) => tell(startText(start, duration !== undefined, options.topology, nf)),
    // It would stand in the way of what is said.
    ...(debugBuild === true ? {} : { onProgress: (progress) => line.show(progressText(progress)) }),
  }).finally(ended)
  finish(report.exitCode)
  tell(reportText(report))
  if (options.json === true) terminal.out(`${JSON.stringify(report, undefined, 2)}\n`)
  if (report.cause !== undefined) terminal.err(`vigil: ${oneLine(report.cause)}\n`)
}

function startText({ interfaces, isOffered }: RunStart, hasEnd: boolean, topology: string, nf?: string): string {
  const running = `running on ${interfaces.join(', ')}${hasEnd ? '' : '; Ctrl-C ends it'}\n`
  if (!isOffered) return running
  const words = [`--topology ${topology}`, ...(nf === undefined ? [] : [`--nf ${nf}`]), `--attach ${process.pid}`]
  return `${running}traffic for it: vigil replay TRACE ${words.join(' ')}\n`
}

function secondsOf(text: string): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number(parseDuration(text) ?? -1n) / 1e9
  if (value > 0) return value
  throw new InputError(`--duration ${JSON.stringify(text)}`, { hint: 'such as 10, 10s or 5m' })
}

function pollingOf(text: string): 'wait' | 'busy' {
  if (text === 'wait' || text === 'busy') return text
  throw new InputError(`--poll ${JSON.stringify(text)}`, { hint: 'wait or busy' })
}

function progressText({ seconds: elapsed, processed, forwarded, flooded, dropped }: RunProgress): string {
  const rate = count(Math.round(processed / elapsed))
  return `${Math.round(elapsed)} s: ${count(processed)} frames, ${rate} a second; forwarded ${count(forwarded)}, flooded ${count(flooded)}, dropped ${count(dropped)}`
}

function reportText({ nf, durationSeconds, counts, ports, notExercised }: RunReport): string {
  const { processed, forwarded, flooded, dropped } = counts
  const troubles = [
    [counts.meaningless, 'answers without a meaning'],
    [counts.unsent, 'not sent, since a queue was full'],
    [counts.tooLong, 'not sent, since too long for a link'],
    [counts.checksumOpen, 'with a checksum that a kernel had left open'],
  ] as const
  const seen = troubles.filter(([number]) => number > 0).map(([number, what]) => `  ${count(number)} ${what}\n`)
  const rows = ports.map(({ port, interface: name, received, sent, lost, oversize, refused }) => [
    `port ${port}`,
    name,
    `received ${count(received)}`,
    `sent ${count(sent)}`,
    `lost ${count(lost)}`,
    ...(oversize > 0 ? [`too long ${count(oversize)}`] : []),
    ...(refused > 0 ? [`refused ${count(refused)}`] : []),
  ])
  const columns = Math.max(...rows.map((row) => row.length))
  return [
    `${nf}: ${counted(processed, 'frame')} in ${seconds(durationSeconds)}: forwarded ${count(forwarded)}, flooded ${count(flooded)}, dropped ${count(dropped)}\n`,
    ...seen,
    table(
      rows,
      Array.from({ length: columns }, () => 'left' as const),
    ),
    ...notExercised.map((what) => `  not exercised on hardware: ${what}\n`),
  ].join('')
}
