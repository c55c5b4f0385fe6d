/** An instance of the NF's binary, linked to what the machine offers, and the stepper that runs it. */
import { Undecidable } from '../../domains/symbolic/path.js'
import {
  type External,
  type Instance,
  instantiate,
  type Outcome,
  printLocation,
  Stepper,
  type StepperOptions,
  type ValueType,
} from '../../wasm/index.js'
import type { ConfigResolver } from './config.js'
import { libvigImports } from './libvig-imports.js'
import type { Machine } from './machine.js'
import type { SymbolicNf } from './nf.js'
import { bitsOf, type MachineValue, Pointer } from './value.js'

/** Instructions of one run: far more than any packet takes, and few enough to end soon. */
const MOST_STEPS = 200_000

export type RunLimits = Pick<StepperOptions, 'steps' | 'backBranches' | 'callDepth'>

export interface Linked {
  readonly instance: Instance<MachineValue>
  readonly stepper: Stepper<MachineValue>
  readonly trace: readonly number[]
}

export function link(nf: SymbolicNf, machine: Machine, config: ConfigResolver, limits: RunLimits | undefined): Linked {
  const trace: number[] = []
  const stepper = new Stepper(machine.store, {
    steps: MOST_STEPS,
    ...limits,
    trace: (_, { offset }) => {
      trace.push(offset)
    },
  })
  const env = new Map<string, External<MachineValue>>([['memory', { kind: 'memory', memory: machine.memory }]])
  const imports = new Map<string, ReadonlyMap<string, External<MachineValue>>>([
    ['env', env],
    ['libvig', libvigImports(machine)],
    ['config', configImports(nf, machine, config)],
  ])
  const { instance, outcome } = instantiate(machine.store, nf.module, imports)
  if (outcome.kind !== 'returned') throw new Undecidable(`the binary cannot be instantiated: ${ending(outcome)}`)
  machine.stepper = stepper
  return { instance, stepper, trace }
}

/** A function for each import from `config`, answered by the resolver. */
function configImports(
  { module }: SymbolicNf,
  machine: Machine,
  resolve: ConfigResolver,
): ReadonlyMap<string, External<MachineValue>> {
  const imports = new Map<string, External<MachineValue>>()
  for (const { module: from, name, what } of module.imports) {
    if (from !== 'config' || what.kind !== 'function') continue
    const width = widthOf(what.type.results[0])
    const answer = (args: readonly MachineValue[]): MachineValue => {
      const [index] = args
      const found = resolve(name, index && bitsOf(index, `the index of config.${name}`), width, machine.path)
      if (found === undefined) throw new Undecidable(`config.${name} has no value`)
      if (found.kind === 'value') return found.term
      const structure = [...machine.states.keys()].find((each) => each.name === found.name)
      if (structure === undefined) throw new Undecidable(`config.${name} has no table`)
      return new Pointer({ kind: 'handle', structure }, machine.path.terms.bv(0, 32))
    }
    imports.set(name, { kind: 'host', type: what.type, call: (args) => [answer(args)] })
  }
  return imports
}

function widthOf(type: ValueType | undefined): 32 | 64 {
  return type === 'i64' ? 64 : 32
}

/** How a run ended, in words. */
export function ending(outcome: Outcome<MachineValue>): string {
  const at = 'at' in outcome && outcome.at !== undefined ? `, ${printLocation(outcome.at)}` : ''
  switch (outcome.kind) {
    case 'returned':
      return 'it returns'
    case 'trapped':
      return `${outcome.trap}${at}`
    case 'out of fuel':
      return `more than the allowed number of ${outcome.limit}${at}`
    case 'unsupported':
      return `${outcome.what}${at}`
  }
}
