/**
 * A property read symbolically: its `check` is run once on one path, over the packet as it came in and as it left, and
 * the tables before and after. Whoever explores the paths has run the network function on the path before.
 */
import { once } from '../../once.js'
import type { Term } from '../../smt/index.js'
import { errorHere, SymbolicClaim, withOperators } from '../../spec/instrumented/index.js'
import { type Answer, type AnyProperty, Claim, isSilent } from '../../spec/property.js'
import type { StateDeclaration, StateDeclarations } from '../../spec/state.js'
import type { SpecConfig } from '../../spec/values.js'
import type { Site } from '../../spec/verdict.js'
import { bindConfig } from '../concrete/config.js'
import { tablesOf } from '../concrete/same-table.js'
import { SummedChecksums } from './checksum-facts.js'
import { noneOpen, symbolicConfig } from './config.js'
import type { Frame } from './frame.js'
import type { Integer } from './integer.js'
import { SymbolicLayers } from './layers.js'
import { macRewriter } from './mac-rewriter.js'
import { SymbolicOperators } from './operators.js'
import { SymbolicPacket } from './packet.js'
import { type Path, Undecidable } from './path.js'
import { placed } from './placed.js'
import { Run } from './run.js'
import type { StateBinding } from './state-binding.js'
import type { NumberValue, TruthValue } from './values.js'
import { readVerdict, type SymbolicVerdict } from './verdict.js'
import { viewOf } from './views.js'

/** What the network function did with a packet. */
export interface SeenOutput {
  readonly frame: Frame
  /** The ports that the packet left by, bit i for port i. */
  readonly ports: Integer
}

export interface PropertyInput {
  readonly path: Path
  /** As the packet came in. */
  readonly frame: Frame
  readonly ingress: Integer
  readonly now: Integer
  readonly output: SeenOutput
  /** The tables by name, as they were and as they are; these copies are the reading's, which lets them expire. */
  readonly before: ReadonlyMap<string, StateBinding>
  readonly after: ReadonlyMap<string, StateBinding>
  /** The threshold by which a table expires at this packet; undefined where the specification lets nothing expire. */
  readonly thresholdOf: (table: string) => Integer | undefined
}

/** What the property says, and whether it has looked at a table for that. */
export interface PropertyRun {
  readonly answer: SymbolicAnswer
  readonly isLooking: boolean
}

export type SymbolicAnswer =
  | { readonly kind: 'silent' }
  | { readonly kind: 'claim'; readonly holds: Term; readonly site: Site | undefined }
  | { readonly kind: 'verdict'; readonly verdict: SymbolicVerdict }

export class SymbolicPropertyReading {
  readonly #property: AnyProperty
  readonly #file: string
  readonly #config: SpecConfig
  readonly #portCount: number
  readonly #tables: StateDeclarations
  readonly #tagAware: boolean

  /**
   * `property` as `loadInstrumentedProperties` gives it; `declarations` are those of the specification.
   * @throws SpecError where configuration or tables are not those of the specification.
   */
  constructor(property: AnyProperty, file: string, config: SpecConfig, declarations: StateDeclarations) {
    const values = bindConfig(property.of.config, config, file)
    const names = tablesOf(property.of.state(values), (name) => declarations[name], file)
    this.#property = property
    this.#file = file
    this.#tagAware = property.of.tagAware?.(values) ?? false
    this.#config = config
    this.#portCount = config.portCount
    this.#tables = Object.fromEntries(
      Object.entries(declarations).filter(([name]) => names.some((table) => table === name)),
    )
  }

  /**
   * Runs the property on a path.
   * @throws SpecError where it is wrong in itself there; Undecidable where it cannot be followed.
   */
  run(input: PropertyInput): PropertyRun {
    const run = new Run(input.path, this.#portCount, input.now)
    let isLooking = false
    const context = (): Readonly<Record<string, unknown>> =>
      this.#context(run, input, () => {
        isLooking = true
      })
    const answer = withOperators(new SymbolicOperators(run), () =>
      placed(() => answerOf(run, this.#property.check(context()), input.ingress)),
    )
    return { answer, isLooking }
  }

  #context(run: Run, input: PropertyInput, onLook: () => void): Readonly<Record<string, unknown>> {
    const { of } = this.#property
    const tagAware = this.#tagAware
    const config = symbolicConfig(run, of.config, this.#config, this.#file, noneOpen, 'shared')
    const now = run.bigint(input.now)
    const own = once(() => of.expireOlderThan?.({ now, config }))
    const thresholdOf = (table: string): Integer | undefined => {
      onLook()
      const threshold = own()?.[table]
      return threshold === undefined
        ? input.thresholdOf(table)
        : run.integerOf(threshold, true, `the threshold of ${table}`)
    }
    const before = this.#views(run, input.before, '', thresholdOf)
    const context = {
      packet: packetOf(run, input.frame, tagAware),
      ingress: run.number(input.ingress),
      now,
      config,
      portCount: this.#portCount,
      rewriteMacs: macRewriter(config),
      output: new Output(run, input.output, tagAware),
      before,
      after: this.#views(run, input.after, 'after.', thresholdOf),
    }
    return Object.defineProperties(context, Object.getOwnPropertyDescriptors(before))
  }

  /** A table expires when it is looked at first: most properties look at few. */
  #views(
    run: Run,
    bindings: ReadonlyMap<string, StateBinding>,
    prefix: string,
    thresholdOf: (table: string) => Integer | undefined,
  ): Readonly<Record<string, unknown>> {
    const view = (name: string, declaration: StateDeclaration): unknown => {
      const binding = bindings.get(name)
      if (binding === undefined) throw new Undecidable(`the table ${name} is not one that can be looked at`)
      const threshold = thresholdOf(name)
      if (threshold !== undefined && (binding.kind === 'expiringMap' || binding.kind === 'indexSet')) {
        binding.state.expire(threshold)
      }
      return viewOf({ run, name: prefix + name, log: [] }, declaration, binding)
    }
    const views = Object.entries(this.#tables).map(([name, declaration]) => {
      const get = once(() => view(name, declaration))
      return [name, { get, enumerable: true }] as const
    })
    return Object.freeze(Object.defineProperties({}, Object.fromEntries(views)))
  }
}

function packetOf(run: Run, frame: Frame, tagAware: boolean): SymbolicPacket {
  return new SymbolicPacket(new SymbolicLayers(run, frame, tagAware), new SummedChecksums())
}

function answerOf(run: Run, answer: Answer | undefined, ingress: Integer): SymbolicAnswer {
  if (answer === undefined) throw errorHere('check gives no answer here', 'return one on every way through it')
  const { site } = answer
  if (answer instanceof SymbolicClaim) return { kind: 'claim', holds: run.term(answer.condition), site }
  if (answer instanceof Claim) return { kind: 'claim', holds: run.terms.bool(answer.holds), site }
  if (isSilent(answer)) return { kind: 'silent' }
  return { kind: 'verdict', verdict: readVerdict(run, answer, ingress) }
}

/** What was seen to leave. */
class Output {
  readonly #run: Run
  readonly #seen: SeenOutput
  readonly #packet: SymbolicPacket

  constructor(run: Run, seen: SeenOutput, tagAware: boolean) {
    this.#run = run
    this.#seen = seen
    this.#packet = packetOf(run, seen.frame, tagAware)
  }

  get ports(): NumberValue {
    return this.#run.number(this.#seen.ports)
  }

  get packet(): SymbolicPacket | undefined {
    const { integers } = this.#run
    return this.#run.decide(integers.eq(this.#seen.ports, integers.of(0n))) ? undefined : this.#packet
  }

  leavesBy(given: unknown): TruthValue {
    const { integers, terms, portCount } = this.#run
    const port = this.#run.integerOf(given, false, 'a port')
    const set = integers.bits(this.#seen.ports, portCount)
    const each = Array.from({ length: portCount }, (_, at) =>
      terms.and(integers.eq(port, integers.of(BigInt(at))), terms.eq(terms.extract(at, at, set), terms.bv(1, 1))),
    )
    return this.#run.truth(terms.any(each))
  }
}
