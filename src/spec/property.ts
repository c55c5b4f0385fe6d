import type { ConfigDeclaration, ConfigValues } from './config.js'
import { SpecError } from './error.js'
import type { Packet } from './packet.js'
import type { Surroundings } from './spec.js'
import type { StateDeclarations } from './state.js'
import type { Port, PortSet, Time } from './units.js'
import { type Site, Verdict } from './verdict.js'
import type { StateViews } from './views.js'

/** What a property is about: a specification, or just the configuration and tables that the property reads. */
export interface Subject<
  C extends ConfigDeclaration = ConfigDeclaration,
  S extends StateDeclarations = StateDeclarations,
> {
  readonly config: C
  /** As in a specification. */
  tagAware?(this: void, config: ConfigValues<C>): boolean
  /** Tables of the network function's specification, by their names there. */
  state(this: void, config: ConfigValues<C>): S
  /** Where no specification says it: for each table, entries last used before which time have expired. */
  expireOlderThan?(
    this: void,
    at: { readonly now: Time; readonly config: ConfigValues<C> },
  ): {
    readonly [Name in keyof S]?: Time
  }
}

/** What the network function did with the packet. */
export interface Output {
  /** The ports that the packet left by, bit i for port i; 0 where it was dropped. */
  readonly ports: PortSet
  /** The packet as it left; undefined where it was dropped. */
  readonly packet: Packet | undefined
  leavesBy(port: Port): boolean
}

/** What a property sees of one packet. Names of tables mean the state `before` it. */
export type Sight<C extends ConfigDeclaration, S extends StateDeclarations> = Omit<Surroundings<C>, 'choose'> & {
  readonly output: Output
  readonly before: StateViews<S>
  readonly after: StateViews<S>
} & StateViews<S>

/** Something that must be true of one packet. */
export class Claim {
  readonly holds: boolean
  readonly site: Site | undefined

  constructor(holds: boolean, site: Site | undefined) {
    this.holds = holds
    this.site = site
  }
}

/** Claims that `holds` is true. */
export function must(holds: boolean, site?: Site): Claim {
  return new Claim(holds, site)
}

/** What a property answers: what may be done with the packet, or what must be true; `any()` says nothing. */
export type Answer = Verdict | Claim

/** What a configuration must have for a property to say something. */
export interface Need<C extends ConfigDeclaration> {
  /** In words that complete "needs ...": `static entries`. */
  readonly what: string
  isMet(this: void, at: Setting<ConfigValues<C>>): boolean
}

/** Under what a network function is looked at. */
export interface Setting<V> {
  readonly config: V
  readonly portCount: number
  /** Bytes of the longest frame. */
  readonly longestFrame: number
  /** How many rows a table of the configuration has; 0 of what is no table. */
  rows(name: keyof V & string): number
}

export interface PropertyDefinition<C extends ConfigDeclaration, S extends StateDeclarations> {
  readonly title: string
  /** What it rests on: a clause of a standard, or a reason. */
  readonly clause: string
  /** Where it is not met, the property is passed over when all are proved. */
  readonly needs?: Need<C> | undefined
  check(this: void, sight: Sight<C, S>): Answer
}

/** A property of a network function: a few lines that say something of some packets. */
export interface Property<
  C extends ConfigDeclaration = ConfigDeclaration,
  S extends StateDeclarations = StateDeclarations,
> extends PropertyDefinition<C, S> {
  readonly of: Subject<C, S>
}

/**
 * Declares a property of what is specified by `of`, a specification or a part of one.
 * @throws SpecError where the definition lacks something.
 */
export function property<const C extends ConfigDeclaration, S extends StateDeclarations>(
  of: Subject<C, S>,
  definition: PropertyDefinition<C, S> | PropertyDefinition<C, S>['check'],
): Property<C, S> {
  const { title, clause, check, needs } =
    typeof definition === 'function' ? { title: '', clause: '', check: definition, needs: undefined } : definition
  if (typeof title !== 'string' || typeof clause !== 'string' || typeof check !== 'function') {
    throw new SpecError('a property needs a title, a clause and a function check')
  }
  if (needs !== undefined && (typeof needs.what !== 'string' || typeof needs.isMet !== 'function')) {
    throw new SpecError('what a property needs has a text what and a function isMet')
  }
  return Object.freeze({ of, title, clause, check, needs })
}

/** Any property, its types forgotten: what loaders and domains work with. `asProperty` checks the form. */
export interface AnyProperty {
  readonly of: AnySubject
  readonly title: string
  readonly clause: string
  readonly needs?: AnyNeed | undefined
  check(this: void, sight: Readonly<Record<string, unknown>>): Answer
}

export interface AnyNeed {
  readonly what: string
  isMet(this: void, at: Setting<Readonly<Record<string, unknown>>>): boolean
}

export interface AnySubject {
  readonly config: ConfigDeclaration
  tagAware?(this: void, config: Readonly<Record<string, unknown>>): boolean
  state(this: void, config: Readonly<Record<string, unknown>>): StateDeclarations
  expireOlderThan?(this: void, at: Readonly<Record<string, unknown>>): Readonly<Record<string, bigint | undefined>>
}

/** `value` if it has the form that `property(...)` gives. */
export function asProperty(value: unknown): AnyProperty | undefined {
  return isProperty(value) ? value : undefined
}

function isProperty(value: unknown): value is AnyProperty {
  if (typeof value !== 'object' || value === null || !('of' in value) || !('check' in value)) return false
  const { of, check } = value
  if (typeof of !== 'object' || of === null || typeof check !== 'function') return false
  return 'config' in of && typeof of.config === 'object' && 'state' in of && typeof of.state === 'function'
}

/** Whether an answer says nothing. */
export function isSilent(answer: Answer): boolean {
  return answer instanceof Verdict && answer.kind === 'any'
}
