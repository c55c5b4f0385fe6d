/** libVig's module in the symbolic stepper, on some kind of memory. Made anew for each run of a path. */
import { type Path, type Place, Undecidable } from '../../domains/symbolic/path.js'
import type { Term } from '../../smt/index.js'
import {
  type Domain,
  type External,
  type Instance,
  instantiate,
  type Memory,
  type Module,
  type Outcome,
  Stepper,
  Store,
} from '../../wasm/index.js'
import type { Watch } from '../machine/domain.js'
import { placeOf } from '../machine/machine.js'
import { bitsOf, type MachineValue } from '../machine/value.js'

/** Instructions of one call: far more than any takes in a small scope. */
const MOST_STEPS = 500_000
/** Why a call that takes more is not followed. */
export const ENDLESS = `does not end within ${MOST_STEPS} instructions`

export type CallEnd =
  | { readonly kind: 'returned'; readonly result: Term | undefined }
  | { readonly kind: 'stopped'; readonly what: string }

export interface Parts<M> {
  readonly memory: M
  readonly domain: Domain<MachineValue>
}

export class Calls<M extends Memory<MachineValue>> implements Watch {
  readonly path: Path
  readonly memory: M
  readonly #instance: Instance<MachineValue>
  readonly #store: Store<MachineValue>
  #stepper: Stepper<MachineValue> | undefined

  /** `partsOf`: what is told where the machine is. */
  constructor(path: Path, module: Module, partsOf: (watch: Watch) => Parts<M>) {
    this.path = path
    const { memory, domain } = partsOf(this)
    this.memory = memory
    this.#store = new Store(domain)
    const env = new Map<string, External<MachineValue>>([['memory', { kind: 'memory', memory }]])
    const { instance, outcome } = instantiate(this.#store, module, new Map([['env', env]]))
    if (outcome.kind !== 'returned') throw new Undecidable('libVig cannot be instantiated')
    this.#instance = instance
  }

  /** What globals are now. */
  get globals(): readonly MachineValue[] {
    return this.#instance.globals.map(({ value }) => value)
  }

  set globals(values: readonly MachineValue[]) {
    for (const [at, global] of this.#instance.globals.entries()) global.value = values[at] ?? global.value
  }

  place(): Place | undefined {
    const position = this.#stepper?.position()
    return position && placeOf(position)
  }

  onDecision(): void {}

  /** Calls an export. A trap, or a limit that is reached, is obliged not to be. */
  call(name: string, args: readonly Term[]): CallEnd {
    const callee = this.#instance.exports.get(name)
    if (callee?.kind !== 'wasm') throw new RangeError(`libVig exports no function ${name}`)
    const stepper = new Stepper(this.#store, { steps: MOST_STEPS })
    this.#stepper = stepper
    const outcome = this.#outcomeOf(() => stepper.call(callee, args))
    if (outcome.kind === 'returned') {
      const [value] = outcome.values
      return { kind: 'returned', result: value === undefined ? undefined : bitsOf(value, 'the result') }
    }
    if (outcome.kind === 'out of fuel') throw new Undecidable(ENDLESS, this.place())
    if (outcome.kind !== 'trapped') throw new Undecidable(outcome.kind, this.place())
    const place = outcome.at === undefined ? undefined : placeOf(outcome.at)
    const what = `does not trap: ${outcome.trap}`
    this.path.oblige({ guarantee: 'no trap', what, place, holds: this.path.terms.false })
    return { kind: 'stopped', what: outcome.trap }
  }

  /** A number of a call that has to be known: of the allocators' costs, and of setting up. */
  known(name: string, args: readonly Term[]): bigint {
    const end = this.call(name, args)
    if (end.kind !== 'returned' || end.result?.op !== 'bv') throw new Undecidable(`${name} gives no number`)
    return BigInt.asIntN(end.result.width, end.result.value)
  }

  /** A reason without a place gets that of the instruction. */
  #outcomeOf(run: () => Outcome<MachineValue>): Outcome<MachineValue> {
    try {
      return run()
    } catch (error) {
      if (!(error instanceof Undecidable) || error.place !== undefined) throw error
      throw new Undecidable(error.reason, this.place())
    }
  }
}
