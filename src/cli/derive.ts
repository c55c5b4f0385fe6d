/** `vigil derive`: makes a conformance suite of a specification. */
import { relative } from 'node:path'
import type { Command } from 'commander'

import type { Coverage, Suite, TargetCount } from '../derive/suite/suite.js'
import { counted, seconds } from '../report/format.js'
import { exitCodeOf } from '../result/exit-codes.js'
import { collect, integer, type VerbContext, verb } from './command.js'
import { interruption } from './interrupt.js'
import { textLine } from './progress.js'

interface Options {
  readonly output?: string
  readonly config?: readonly string[]
  readonly seed?: number
  readonly maxPackets?: number
  readonly budget?: number
  readonly covering?: string
  readonly json?: boolean
}

/** Told in full; coverage.html has more. */
const SHOWN = 12

export function deriveVerb(context: VerbContext): Command {
  return verb('derive', 'make a conformance suite of a specification alone: packets for every branch and boundary', [
    'vigil derive nat -o SUITE',
    'vigil derive bridge --config vlanAware=true --config trunks=3',
    'vigil derive firewall -o SUITE --covering spec.ts:56 --json',
  ])
    .argument('<nf>', 'of nfs/, of the package, or a folder; only its nf.yaml and specification are read')
    .option('-o, --output <folder>', 'of the suite; default: suites/NF')
    .option('--config <name=value>', 'or a YAML file; may be repeated. Sizes of tables are 2 unless given', collect)
    .option('--seed <number>', 'of the numbers in malformed packets (default: 1)', integer('--seed', 0))
    .option(
      '--max-packets <number>',
      'in a case, looked for one by one (default: 6); malformed and repeated ones come on top',
      integer('--max-packets', 1, 64),
    )
    .option(
      '--budget <seconds>',
      'of the processor, to look for packets; what is not found by then is told (default: 60)',
      integer('--budget', 1),
    )
    .option('--covering <file:line>', 'only cases that meet something on this line of the specification')
    .action((nf: string, options: Options) => runDerive(nf, options, context))
}

async function runDerive(nf: string, options: Options, context: VerbContext): Promise<void> {
  const { terminal, finish } = context
  const { derive } = await import('../derive/derive.js')
  const { checkSuiteFolder, suiteObject, writeSuite } = await import('../derive/suite/folder.js')
  const begun = performance.now()
  if (options.output !== undefined) checkSuiteFolder(options.output)
  const line = textLine(terminal)
  const { config, seed, maxPackets, budget, covering } = options
  const { signal, release } = interruption()
  const suite = await derive({
    nf,
    ...(config === undefined ? {} : { config }),
    ...(seed === undefined ? {} : { seed }),
    ...(maxPackets === undefined ? {} : { maxPackets }),
    ...(budget === undefined ? {} : { budget }),
    ...(covering === undefined ? {} : { covering }),
    signal,
    onProgress: (what) => line.show(`${nf}: ${what}`),
  }).finally(() => {
    line.clear()
    release()
  })
  const folder = options.output ?? `suites/${suite.nf}`
  writeSuite(suite, folder)
  const tell = options.json === true ? terminal.err : terminal.out
  tell(`${suiteText(suite)}\n${seconds((performance.now() - begun) / 1000)}, suite: ${relative('.', folder)}\n`)
  if (options.json === true) terminal.out(`${JSON.stringify(suiteObject(suite), undefined, 2)}\n`)
  // That its time was used up is no fault: it was given.
  finish(exitCodeOf(signal.aborted && !suite.isComplete ? 'undecided' : 'holds'))
}

export const CUT =
  '  the suite was cut before everything was tried: its time was used up (vigil derive --budget), or it was interrupted'

function suiteText({ nf, spec, cases, config, coverage, isComplete }: Suite): string {
  const missing = coverage.targets.filter(({ status }) => status === 'not found')
  return [
    `${nf}: ${spec.title}`,
    `  ${counted(cases.length, 'case')}, ${counted(packetsOf(cases), 'packet')}; configuration: ${config.join(', ') || 'as in nf.yaml'}`,
    ...coverageLines(coverage),
    ...(isComplete ? [] : [CUT]),
    ...missing
      .slice(0, SHOWN)
      .map(({ line, column, text, what, why }) => `  not met: ${line}:${column} ${text}, ${what}: ${why}`),
    ...(missing.length > SHOWN ? [`  and ${missing.length - SHOWN} more`] : []),
    '',
  ].join('\n')
}

export function coverageLines({
  sides,
  boundaries,
  expiries,
}: Pick<Coverage, 'sides' | 'boundaries' | 'expiries'>): string[] {
  return [
    coverageLine('sides of conditions', sides),
    coverageLine('boundaries', boundaries),
    coverageLine('expiries', expiries),
  ]
}

function coverageLine(name: string, { met, unreachable, notFound }: TargetCount): string {
  const proved = unreachable > 0 ? `; ${unreachable} proved unreachable` : ''
  return `  ${name}: ${met} of ${met + notFound}${proved}`
}

function packetsOf(cases: Suite['cases']): number {
  return cases.reduce((sum, { packets }) => sum + packets.reduce((all, { times }) => all + times, 0), 0)
}
