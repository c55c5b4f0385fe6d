/**
 * A specification read symbolically: `process` is run once on one path, over terms. Whoever explores the paths gives the
 * packet, the state and who makes the choices; this gives the verdict and what was done to the state. The state is
 * updated in place, in the structures that are given.
 */
import { SortError, Terms } from '../../smt/index.js'
import { SpecError } from '../../spec/error.js'
import { currentPlace, errorHere, withOperators } from '../../spec/instrumented/index.js'
import type { AnySpec } from '../../spec/spec.js'
import type { StateDeclarations } from '../../spec/state.js'
import type { SpecConfig } from '../../spec/values.js'
import type { Verdict } from '../../spec/verdict.js'
import { bindConfig } from '../concrete/config.js'
import { beforePackets } from './before-packets.js'
import { type ChecksumFacts, SummedChecksums } from './checksum-facts.js'
import type { Choices } from './choices.js'
import { freeChoice } from './chosen.js'
import { noneOpen, type OpenParameters, SymbolicList, symbolicConfig } from './config.js'
import type { Frame } from './frame.js'
import type { Integer } from './integer.js'
import { SymbolicLayers } from './layers.js'
import { SymbolicOperators } from './operators.js'
import { SymbolicPacket } from './packet.js'
import { type Path, Undecidable } from './path.js'
import { Run } from './run.js'
import { bindState, type StateBinding } from './state-binding.js'
import type { StateEvent } from './tables.js'
import { readVerdict, type SymbolicVerdict } from './verdict.js'

/** One packet on one path. */
export interface SymbolicInput {
  readonly path: Path
  readonly frame: Frame
  /** Below the number of ports. */
  readonly ingress: Integer
  /** Nanoseconds, from 0 to below 2^62. */
  readonly now: Integer
  /** A structure for each that the specification declares. */
  readonly states: ReadonlyMap<string, StateBinding>
  readonly choices: Choices
  readonly checksums?: ChecksumFacts
}

export interface SymbolicOutcome {
  readonly verdict: SymbolicVerdict
  /** What was done to the state, in order. */
  readonly log: readonly StateEvent[]
}

export class SymbolicReading {
  /** What state there is, sized by the configuration as given: not where a size is left open. */
  readonly declarations: StateDeclarations
  readonly portCount: number
  readonly tagAware: boolean
  readonly #spec: AnySpec
  readonly #config: SpecConfig
  readonly #file: string
  readonly #open: OpenParameters
  readonly #declared = new WeakMap<Terms, StateDeclarations>()

  /**
   * `spec` as `loadInstrumentedSpec` gives it; `file` is named in errors. The values of `config` do not count where
   * `open` has one.
   */
  constructor(spec: AnySpec, config: SpecConfig, file: string, open: OpenParameters = noneOpen) {
    const values = bindConfig(spec.config, config, file)
    this.declarations = spec.state(values)
    this.portCount = config.portCount
    this.#spec = spec
    this.#config = config
    this.#file = file
    this.#open = open
    const tagAware: unknown = beforePackets(config.portCount, new Terms(), (run) =>
      spec.tagAware?.(symbolicConfig(run, spec.config, config, file, open)),
    )
    if (tagAware !== undefined && typeof tagAware !== 'boolean') {
      throw new SpecError('whether tags are looked through depends on a value that is left open', { file })
    }
    this.tagAware = tagAware ?? false
  }

  /** What state there is; sizes may be terms of the configuration: `sizeOf` reads them. */
  declarationsIn(terms: Terms): StateDeclarations {
    if (this.#open === noneOpen) return this.declarations
    const known = this.#declared.get(terms)
    if (known !== undefined) return known
    const found = beforePackets(this.portCount, terms, (run) =>
      this.#spec.state(symbolicConfig(run, this.#spec.config, this.#config, this.#file, this.#open)),
    )
    this.#declared.set(terms, found)
    return found
  }

  /**
   * Runs the specification on a path.
   * @throws SpecError where it is wrong in itself there; Undecidable where it cannot be followed.
   */
  run(input: SymbolicInput): SymbolicOutcome {
    const run = new Run(input.path, this.portCount, input.now)
    const log: StateEvent[] = []
    return withOperators(new SymbolicOperators(run), () =>
      placed(() => {
        const verdict = this.#spec.process(this.#context(run, input, log))
        return { verdict: readVerdict(run, checkedVerdict(verdict), input.ingress), log }
      }),
    )
  }

  #context(run: Run, input: SymbolicInput, log: StateEvent[]): Readonly<Record<string, unknown>> {
    const config = symbolicConfig(run, this.#spec.config, this.#config, this.#file, this.#open)
    const layers = new SymbolicLayers(run, input.frame, this.tagAware)
    const states = Object.entries(this.declarationsIn(run.terms)).map(([name, declaration]) => {
      const binding = input.states.get(name)
      if (binding === undefined) throw new SpecError(`the state ${name} is bound to no structure`, { file: this.#file })
      return [name, bindState({ run, name, log }, declaration, binding, input.choices)] as const
    })
    return {
      packet: new SymbolicPacket(layers, input.checksums ?? new SummedChecksums()),
      ingress: run.number(input.ingress),
      now: run.bigint(input.now),
      config,
      portCount: this.portCount,
      choose: freeChoice(run, input.choices),
      rewriteMacs: macRewriter(config),
      ...Object.fromEntries(states),
    }
  }
}

/** The Ethernet addresses of a packet routed out of each port, from `deviceMac` and `nextHopMac`. */
function macRewriter({ deviceMac, nextHopMac }: Readonly<Record<string, unknown>>): (egress: unknown) => object {
  return (egress) => {
    if (deviceMac instanceof SymbolicList && nextHopMac instanceof SymbolicList) {
      return { ethernet: { src: deviceMac.at(egress), dst: nextHopMac.at(egress) } }
    }
    throw errorHere('rewriteMacs needs deviceMac and nextHopMac in config, each perPort(macAddress)')
  }
}

function checkedVerdict(verdict: Verdict | undefined): Verdict {
  if (verdict !== undefined) return verdict
  throw errorHere('process gives no verdict here', 'return one on every way through it')
}

/** What goes wrong in the author's code, or gets too large for us, said with the place where it did. */
function placed<T>(run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (error instanceof SortError) throw new Undecidable(`a value gets too wide: ${error.message}`, currentPlace())
    // The engine says so before the fuel does where calls are nested.
    if (error instanceof RangeError && error.message.includes('call stack')) {
      throw errorHere('the specification does not come to an end', 'bound the recursion', error)
    }
    // Whatever was thrown elsewhere is not about the specification: how a path ends, or a fault of our own.
    throw error instanceof Error && isThrownInstrumented(error) ? errorHere(error.message, undefined, error) : error
  }
}

/** Whether an error comes from an instrumented module itself, and not from what it calls. */
function isThrownInstrumented({ stack = '' }: Error): boolean {
  const first = stack.split('\n').find((line) => line.trimStart().startsWith('at '))
  return first !== undefined && /[?&]instrumented\b/.test(first)
}
