/**
 * A specification read symbolically: `process` is run once on one path, over terms. Whoever explores the paths gives the
 * packet, the state and who makes the choices; this gives the verdict and what was done to the state. The state is
 * updated in place, in the structures that are given.
 */
import { Terms } from '../../smt/index.js'
import { SpecError } from '../../spec/error.js'
import { errorHere, withOperators } from '../../spec/instrumented/index.js'
import type { AnySpec } from '../../spec/spec.js'
import type { StateDeclarations } from '../../spec/state.js'
import type { SpecConfig } from '../../spec/values.js'
import type { Verdict } from '../../spec/verdict.js'
import { bindConfig } from '../concrete/config.js'
import { beforePackets } from './before-packets.js'
import { type ChecksumFacts, SummedChecksums } from './checksum-facts.js'
import type { Choices } from './choices.js'
import { freeChoice } from './chosen.js'
import { type Lookups, noneOpen, type OpenParameters, symbolicConfig } from './config.js'
import { type Expiry, expiryOf } from './expiry.js'
import type { Frame } from './frame.js'
import type { Integer } from './integer.js'
import { SymbolicLayers } from './layers.js'
import { macRewriter } from './mac-rewriter.js'
import { SymbolicOperators } from './operators.js'
import { SymbolicPacket } from './packet.js'
import type { Path } from './path.js'
import { placed } from './placed.js'
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
  readonly #lookups: Lookups
  readonly #declared = new WeakMap<Terms, StateDeclarations>()

  /**
   * `spec` as `loadInstrumentedSpec` gives it; `file` is named in errors. The values of `config` do not count where
   * `open` has one.
   */
  constructor(
    spec: AnySpec,
    config: SpecConfig,
    file: string,
    open: OpenParameters = noneOpen,
    lookups: Lookups = 'by row',
  ) {
    const values = bindConfig(spec.config, config, file)
    this.declarations = spec.state(values)
    this.portCount = config.portCount
    this.#spec = spec
    this.#config = config
    this.#file = file
    this.#open = open
    this.#lookups = lookups
    const tagAware: unknown = beforePackets(config.portCount, new Terms(), (run) =>
      spec.tagAware?.(this.#configIn(run)),
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
    const found = beforePackets(this.portCount, terms, (run) => this.#spec.state(this.#configIn(run)))
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

  /** What it has expire before it looks at anything: see expiry.ts. */
  expiry({ path, ingress, now }: Pick<SymbolicInput, 'path' | 'ingress' | 'now'>): Expiry[] {
    return expiryOf(
      (sight) => this.#spec.process(sight),
      { path, portCount: this.portCount, ingress, now },
      (run) => ({ config: this.#configIn(run) }),
      Object.keys(this.declarations),
    )
  }

  #configIn(run: Run): Readonly<Record<string, unknown>> {
    return symbolicConfig(run, this.#spec.config, this.#config, this.#file, this.#open, this.#lookups)
  }

  #context(run: Run, input: SymbolicInput, log: StateEvent[]): Readonly<Record<string, unknown>> {
    const config = this.#configIn(run)
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

function checkedVerdict(verdict: Verdict | undefined): Verdict {
  if (verdict !== undefined) return verdict
  throw errorHere('process gives no verdict here', 'return one on every way through it')
}
