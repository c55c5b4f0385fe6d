/** What the verbs have in common: how their options are written, read and explained. */

import { Command, Option } from 'commander'

import { InputError } from '../errors.js'
import type { StartTask } from '../verify/run/index.js'
import type { Terminal } from './terminal.js'

/** A verb: adds itself to the program. `finish` takes its exit code. */
export interface VerbContext {
  readonly terminal: Terminal
  readonly finish: (exitCode: number) => void
  /** The command line as given, for reports. */
  readonly commandLine: readonly string[]
  /** Where proofs are run; default: each in a process of its own. */
  readonly startTask?: StartTask | undefined
}

/** A verb with the options that all verbs have. */
export function verb(name: string, summary: string, examples: readonly string[]): Command {
  return new Command(name)
    .summary(summary)
    .description(summary)
    .option('--json', 'print the result as JSON on standard output, everything else on standard error')
    .option('--debug', 'print stack traces of errors')
    .helpOption('-h, --help', 'print this text')
    .addHelpText('after', `\nExamples:\n${examples.map((example) => `  $ ${example}`).join('\n')}\n`)
}

/** For options that may be given several times. */
export function collect(value: string, earlier: readonly string[] | undefined): readonly string[] {
  return [...(earlier ?? []), value]
}

/** For verbs that make network namespaces. */
export function rootlessOption(): Option {
  return new Option('--rootless', 'make veth pairs in a user namespace; so it is anyway for who is not root')
}

/** An integer option, `1_000_000` and `1e6` included. */
export function integer(option: string, low: number, high = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const form = /^\d[\d_]*(?:e\d{1,2})?$/.test(text)
    const value = form ? Number(text.replaceAll('_', '')) : Number.NaN
    if (Number.isSafeInteger(value) && value >= low && value <= high) return value
    const bounds = high === Number.MAX_SAFE_INTEGER ? `an integer from ${low}` : `an integer from ${low} to ${high}`
    throw new InputError(`${option} ${JSON.stringify(text)}`, { hint: bounds })
  }
}
