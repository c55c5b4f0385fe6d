/** `vigil replay`: sends traces through a network function or a topology, every packet judged. */

import { join, relative } from 'node:path'
import type { Command } from 'commander'

import { InputError } from '../errors.js'
import { defaultMaxFrame, type ReplayOptions } from '../replay/options.js'
import type { RunResult } from '../result/index.js'
import { collect, integer, rootlessOption, type VerbContext, verb } from './command.js'
import { oneLine } from './failure.js'
import { interruption } from './interrupt.js'
import { progressLine } from './progress.js'
import { runRootless } from './rootless.js'

interface Options {
  readonly nf?: string
  readonly topology?: string
  readonly config?: readonly string[]
  readonly binary?: string
  readonly debugBuild?: boolean
  readonly clients?: string
  readonly portRule?: readonly string[]
  readonly map?: string
  readonly oversize?: string
  readonly maxFrame?: number
  readonly filter?: string
  readonly frames?: string
  readonly loop?: number
  readonly limit?: number
  readonly encapsulate?: boolean
  readonly asIs?: boolean
  readonly burst?: number
  readonly violations?: number
  readonly speed?: number | 'max'
  readonly pps?: number
  readonly attach?: number
  readonly rootless?: boolean
  readonly seed?: number
  readonly out?: string
  readonly json?: boolean
}

export function replayVerb(context: VerbContext): Command {
  const command = verb('replay', 'send traces through a network function, every packet judged by its specification', [
    'vigil replay traces/nat-web.pcap --nf nat',
    'vigil replay a.pcap b.pcapng.gz --nf firewall --clients 10.0.0.0/8 --config expiration=60s',
    'vigil replay office.pcapng --nf bridge --port-rule interface=0@stations0',
    'vigil replay - --topology chain-firewall-nat --json < trace.pcap',
    'vigil replay attack.pcap --nf nat --loop 100 --limit 1e6 --seed 7',
  ]).argument('<trace...>', 'pcap or pcapng files, also with gzip; - is standard input')
  addDevice(command)
  addEntry(command)
  addSelection(command)
  return command
    .option(
      '--burst <frames>',
      'handed to the network function together, 1 to 256 (default: 32)',
      integer('--burst', 1, 256),
    )
    .option(
      '--violations <number>',
      'kept with their frames (default: 100); all are counted',
      integer('--violations', 0, 100_000),
    )
    .option(
      '--speed <times>',
      'of real ports: 1 as recorded (default), 2 twice as fast, max as the device takes it',
      speedOf,
    )
    .option('--pps <rate>', 'of real ports: packets a second, in place of --speed', rateOf)
    .option(
      '--attach <process>',
      'use the ports of a vigil run with the same topology, by its number',
      integer('--attach', 1),
    )
    .addOption(rootlessOption())
    .option('--seed <number>', 'of all that is random (default: 0)', integer('--seed', 0))
    .option('--out <folder>', 'of the results; default: a new one in reports/, and reports/latest points to it')
    .action((traces: string[], options: Options) => runReplay(traces, options, context))
}

function addDevice(command: Command): void {
  command
    .option('--nf <name>', 'network function: of nfs/, of the package, or a folder')
    .option('--topology <name>', 'of topologies/, of the package, or a file; default: what nf.yaml says')
    .option('--config <name=value>', 'or a YAML file; in a topology instance.name=value; may be repeated', collect)
    .option('--binary <file>', 'a module (.wasm) or a source (.ts, .c) in place of what nf.yaml names')
    .option('--debug-build', 'of network functions in C: what vigil_debug(...) says is printed on standard error')
}

function addEntry(command: Command): void {
  command
    .option('--clients <networks>', 'what is inside, or the clients: 10.0.0.0/8,fd00::/8')
    .option('--port-rule <rule>', 'mac=, net=, interface=...@INPUT or initiator@INPUT; may be repeated', collect)
    .option('--map <pairs>', "from the capture's networks and MACs to the device's: 10.0.0.0/8=192.168.0.0/16,...")
    .option('--encapsulate', 'give frames of other link types an Ethernet header')
    .option('--as-is', 'change no frame: answers are not rewritten, and each port is an input')
}

function addSelection(command: Command): void {
  command
    .option('--filter <expression>', "such as 'tcp and not port 22'")
    .option('--frames <ranges>', 'by number in each file: 1-100,200')
    .option('--oversize <what>', 'frames that are too large: skip (default), or segment')
    .option(
      '--max-frame <bytes>',
      `the largest frame sent (default: ${defaultMaxFrame})`,
      integer('--max-frame', 60, 9018),
    )
    .option('--loop <times>', 'passes over the traces, each with flows of its own', integer('--loop', 1, 1_000_000))
    .option('--limit <packets>', 'sent at most, all traces together', integer('--limit', 0))
}

async function runReplay(traces: readonly string[], options: Options, context: VerbContext): Promise<void> {
  const { terminal, finish, commandLine } = context
  const inside = await runRootless(options)
  if (inside !== undefined) {
    finish(inside)
    return
  }
  const { replay } = await import('../replay/index.js')
  const { checkOut } = await import('../result/index.js')
  const { resultText, writeRun } = await import('../report/index.js')
  const { summary } = await import('./summary.js')
  if (options.out !== undefined) checkOut(options.out)
  const tell = options.json === true ? terminal.err : terminal.out
  const progress = progressLine(terminal)
  const { signal, release } = interruption()
  let result: RunResult
  try {
    result = await replay({
      ...replayOptions(traces, options),
      command: commandLine,
      signal,
      onPlan: (lines) => tell(`${lines.map(oneLine).join('\n')}\n\n`),
      // It would stand in the way of what is said.
      ...(options.debugBuild === true ? {} : { onProgress: progress.update }),
    })
  } finally {
    progress.clear()
    release()
  }
  finish(result.exitCode)
  const folder = writeRun(result, { verb: 'replay', ...(options.out === undefined ? {} : { out: options.out }) })
  tell(summary(result, relative('.', join(folder, 'report.html'))))
  if (options.json === true) terminal.out(resultText(result))
  if (result.verdict === 'error') terminal.err(`vigil: ${oneLine(result.cause ?? 'the run ended early')}\n`)
}

/** Only what was given: everything else is the library's default. */
function replayOptions(traces: readonly string[], options: Options): ReplayOptions {
  const { portRule, oversize, violations, out: _out, json: _json, rootless: _rootless, ...rest } = options
  return {
    ...rest,
    traces,
    ...(portRule === undefined ? {} : { portRules: portRule }),
    ...(oversize === undefined ? {} : { oversize: oversizeOf(oversize) }),
    ...(violations === undefined ? {} : { violationLimit: violations }),
  }
}

function speedOf(text: string): number | 'max' {
  return text === 'max' ? text : numberOf('--speed', text, 'a number above 0, or max')
}

function rateOf(text: string): number {
  return numberOf('--pps', text, 'a number above 0, such as 10000 or 1e5')
}

function numberOf(name: string, text: string, hint: string): number {
  const value = Number(text)
  if (value > 0 && Number.isFinite(value)) return value
  throw new InputError(`${name} ${JSON.stringify(text)}`, { hint })
}

function oversizeOf(text: string): 'skip' | 'segment' {
  if (text === 'skip' || text === 'segment') return text
  throw new InputError(`--oversize ${JSON.stringify(text)}`, { hint: 'skip or segment' })
}
