/** `vigil conform`: runs a conformance suite through a network function, every packet judged. */
import { join, relative } from 'node:path'
import type { Command } from 'commander'

import { InputError } from '../errors.js'
import { counted } from '../report/format.js'
import type { ConformSummary, Deviation, RealConformance } from '../result/index.js'
import { originLines, shellWord } from '../result/index.js'
import { collect, integer, rootlessOption, type VerbContext, verb } from './command.js'
import { CUT, coverageLines } from './derive.js'
import { oneLine } from './failure.js'
import { interruption } from './interrupt.js'
import { textLine } from './progress.js'
import { runRootless } from './rootless.js'

interface Options {
  readonly suite?: string
  readonly case?: readonly string[]
  readonly config?: readonly string[]
  readonly binary?: string
  readonly topology?: string
  readonly lanes?: number
  readonly longestWait?: number
  readonly rootless?: boolean
  readonly seed?: number
  readonly budget?: number
  readonly out?: string
  readonly json?: boolean
}

/** Failing cases told in full. */
const SHOWN = 5

export function conformVerb(context: VerbContext): Command {
  return verb('conform', 'run a conformance suite through a network function in virtual time, every packet judged', [
    'vigil conform nat',
    'vigil conform nat --suite SUITE --json',
    'vigil conform nat --binary mine.wasm',
    'vigil conform nat --case reports/latest/case-012-forward-line-69.yaml --config maxFlows=2',
  ])
    .argument('<nf>', 'of nfs/, of the package, or a folder')
    .option('--suite <folder>', 'made by vigil derive; without one, a suite is derived first')
    .option('--case <file>', 'only this case; may be repeated', collect)
    .option('--config <name=value>', 'or a YAML file; may be repeated. A suite has its own', collect)
    .option('--binary <file>', 'a module (.wasm) or a source (.ts, .c) in place of what nf.yaml names')
    .option('--topology <file>', 'real ports, and what is behind them; without it: in the simulator, in virtual time')
    .option('--lanes <number>', 'devices that run cases side by side, on veth (default: 8)', integer('--lanes', 1))
    .option(
      '--longest-wait <seconds>',
      'on real ports; cases that wait longer are left out (default: 10)',
      integer('--longest-wait', 1),
    )
    .addOption(rootlessOption())
    .option('--seed <number>', 'of the suite that is derived (default: 1)', integer('--seed', 0))
    .option('--budget <seconds>', 'of the processor, to derive it (default: 60)', integer('--budget', 1))
    .option('--out <folder>', 'of the results; default: a new one in reports/, and reports/latest points to it')
    .action((nf: string, options: Options) => runConform(nf, options, context))
}

async function runConform(nf: string, options: Options, context: VerbContext): Promise<void> {
  const { terminal, finish, commandLine } = context
  refuse(options)
  const code = await runRootless(options)
  if (code !== undefined) {
    finish(code)
    return
  }
  const { conform } = await import('../conform/conform.js')
  const { checkOut } = await import('../result/index.js')
  if (options.out !== undefined) checkOut(options.out)
  const tell = options.json === true ? terminal.err : terminal.out
  const line = textLine(terminal)
  const { signal, release } = interruption()
  const { suite, case: cases, config, binary, seed, budget, topology, lanes, longestWait: wait } = options
  const result = await conform({
    nf,
    ...(suite === undefined ? {} : { suite }),
    ...(cases === undefined ? {} : { cases }),
    ...(config === undefined ? {} : { config }),
    ...(binary === undefined ? {} : { binary }),
    ...(seed === undefined ? {} : { seed }),
    ...(budget === undefined ? {} : { budget }),
    ...(topology === undefined ? {} : { topology }),
    ...(lanes === undefined ? {} : { lanes }),
    ...(wait === undefined ? {} : { longestWait: wait }),
    command: commandLine,
    signal,
    onProgress: (what) => line.show(`${nf}: ${what}`),
  }).finally(() => {
    line.clear()
    release()
  })
  finish(result.exitCode)
  const { conformedLines, resultText, writeRun } = await import('../report/index.js')
  const { summary } = await import('./summary.js')
  const folder = writeRun(result, { verb: 'conform', ...(options.out === undefined ? {} : { out: options.out }) })
  const repeat = (file: string): string =>
    [
      'vigil',
      'conform',
      nf,
      '--case',
      relative('.', join(folder, file)),
      ...words(result.conform?.config ?? [], binary),
      ...(topology === undefined ? [] : ['--topology', topology]),
    ]
      .map(shellWord)
      .join(' ')
  if (result.conform !== undefined) tell(conformText(result.conform, repeat, conformedLines))
  tell(summary(result, relative('.', join(folder, 'report.html'))))
  if (options.json === true) terminal.out(resultText(result))
}

function refuse({ topology, suite, case: cases, config, seed, budget, lanes, longestWait: wait }: Options): void {
  const real = Object.entries({ '--lanes': lanes, '--longest-wait': wait })
  const [needless] = real.find(([, value]) => value !== undefined) ?? []
  if (topology === undefined && needless !== undefined) {
    throw new InputError(`${needless} is for real ports`, { hint: 'name a topology with ports, such as two-port-veth' })
  }
  if (suite !== undefined && cases !== undefined) {
    throw new InputError('--suite and --case', { hint: 'leave out one of them' })
  }
  const own = Object.entries({
    '--config': suite && config,
    '--seed': (suite ?? cases) ? seed : undefined,
    '--budget': (suite ?? cases) ? budget : undefined,
  })
  const [odd] = own.find(([, value]) => value !== undefined) ?? []
  if (odd !== undefined) {
    throw new InputError(`${odd} with cases that are there already`, { hint: 'derive another suite with it' })
  }
}

function words(config: readonly string[], binary: string | undefined): string[] {
  return [...config.flatMap((word) => ['--config', word]), ...(binary === undefined ? [] : ['--binary', binary])]
}

function conformText(
  conformed: ConformSummary,
  repeat: (file: string) => string,
  realLines: (real: RealConformance) => readonly string[],
): string {
  const { cases, failed, failing, coverage, config, real, isComplete } = conformed
  const told = failing
    .slice(0, SHOWN)
    .flatMap(({ case: name, class: { kind, reason }, origin, packets, summary, repeats, file }) => [
      `  ${name}: ${oneLine(summary)}`,
      `    ${kind}: ${oneLine(reason)}`,
      ...(origin === undefined ? [] : originLines(origin).map((line) => `    ${oneLine(line)}`)),
      `    ${counted(packets, 'packet')} show it${repeats === undefined ? '' : ` (${repeats.same} of ${repeats.of} times)`}: ${repeat(file)}`,
    ])
  const more = failed - Math.min(failing.length, SHOWN)
  return [
    `${counted(cases, 'case')}, ${failed} failed; configuration: ${config.join(', ') || 'as in nf.yaml'}`,
    ...(coverage === undefined ? [] : coverageLines(coverage)),
    ...(isComplete === false ? [CUT] : []),
    ...(real === undefined ? [] : realLines(real).map((line) => `  ${line}`)),
    ...(real?.deviations ?? []).map(deviationLine),
    ...told,
    ...(more > 0 ? [`  and ${more} more`] : []),
    '',
    '',
  ].join('\n')
}

function deviationLine({ packets, packet, expected, seen, cause }: Deviation): string {
  return oneLine(`  known: ${counted(packets, 'packet')} (${packet}): ${seen} instead of ${expected}: ${cause}`)
}
