import { SpecError } from '../../spec/error.js'
import type { AnySpec } from '../../spec/spec.js'
import type { ExpiringMapDeclaration, IndexSetDeclaration, StateDeclaration } from '../../spec/state.js'
import type { SpecConfig } from '../../spec/values.js'
import type { Verdict } from '../../spec/verdict.js'
import type { Retractable } from '../state.js'
import { Choices } from './choices.js'
import { freeChoice, SpecChosenBy } from './chosen.js'
import { bindConfig, List } from './config.js'
import { ConcreteExpiringMap } from './expiring-map.js'
import { Seen } from './features.js'
import { ConcreteIndexAllocator } from './index-allocator.js'
import { SpecIndexSet } from './index-set.js'
import { ConcretePacket, PacketPool } from './packet.js'
import { SpecMaglev } from './ring.js'
import { requiredValue, SpecExpiringMap } from './tables.js'
import type { WatchedTable } from './views.js'
import { WatchedExpiringMap, WatchedIndexAllocator } from './watched.js'

/**
 * A specification with its state, run on one packet after the other: the fast reading. The author's module runs as it
 * is. `start` points it at a packet, `run` gives the verdict, `rollback` takes the state back to where the packet
 * found it, so that the packet can be run again with other choices.
 */
export class ConcreteReading {
  readonly packet: ConcretePacket
  readonly pool: PacketPool
  /** What was seen to leave the device; set by the oracle before each packet. */
  readonly seen = new Seen()
  readonly choices: Choices
  readonly #process: AnySpec['process']
  readonly #context: Record<string, unknown>
  readonly #states: readonly Retractable[]
  /** Whether packets may be kept. */
  #isKeeping = false
  readonly #watched: Map<string, WatchedTable> | undefined

  /** Where it is `watched`, the state before the packet can be looked at too, at a cost for every packet. */
  constructor(spec: AnySpec, config: SpecConfig, file: string, watched = false) {
    this.#watched = watched ? new Map() : undefined
    const values = bindConfig(spec.config, config, file)
    this.pool = new PacketPool(spec.tagAware?.(values) ?? false, this.seen)
    this.packet = new ConcretePacket(this.pool)
    this.choices = new Choices(this.seen, this.packet.layers)
    const states = Object.entries(spec.state(values)).map(
      ([name, declaration]) => [name, this.#instantiate(name, declaration)] as const,
    )
    this.#states = states.map(([, state]) => state)
    this.#process = spec.process
    this.#context = {
      packet: this.packet,
      ingress: 0,
      now: 0n,
      config: values,
      portCount: config.portCount,
      choose: freeChoice(this.choices),
      rewriteMacs: macRewriter(values, config.portCount),
      ...Object.fromEntries(states),
    }
  }

  /** Points the reading at a packet; what was done before can no longer be undone. */
  start(bytes: Uint8Array, start: number, length: number, ingress: number, now: bigint): void {
    this.packet.parse(bytes, start, length)
    this.#context.ingress = ingress
    this.#context.now = now
    if (this.#isKeeping) this.#forgetKept()
    for (const state of this.#states) state.begin()
  }

  /** The same, but packets that were started so can be taken back, the newest first, until they are forgotten. */
  startKept(bytes: Uint8Array, start: number, length: number, ingress: number, now: bigint): void {
    this.packet.parse(bytes, start, length)
    this.#context.ingress = ingress
    this.#context.now = now
    this.#isKeeping = true
    this.choices.kept.mark(ingress)
    this.choices.lessons.mark()
    for (const state of this.#states) state.mark()
  }

  /** Undoes all that the newest packet that is kept did, and what was learned from it. */
  retract(): void {
    for (const state of this.#states) state.retract()
    this.choices.lessons.retract()
    this.choices.kept.retract()
  }

  /** The oldest `count` packets that are kept can no longer be taken back. */
  forget(count: number): void {
    this.choices.kept.forget(count)
    this.choices.lessons.forget(count)
    for (const state of this.#states) state.forget(count)
  }

  /** Runs the specification on the packet, the first choices forced to these values; see `Choices.begin`. */
  run(forced: readonly number[], quiet = false): Verdict {
    this.pool.release()
    this.choices.begin(forced, quiet)
    return this.#process(this.#context)
  }

  rollback(): void {
    for (const state of this.#states) state.rollback()
  }

  #forgetKept(): void {
    this.forget(this.choices.kept.count)
    this.#isKeeping = false
  }

  /** The tables, by name, where the reading is watched. */
  get watched(): ReadonlyMap<string, WatchedTable> | undefined {
    return this.#watched
  }

  /** The structures of the state that hold entries, and how many there are now. */
  sizes(): { readonly name: string; readonly size: number; readonly capacity: number }[] {
    return Object.entries(this.#context).flatMap(([name, value]) =>
      value instanceof SpecExpiringMap || value instanceof SpecIndexSet
        ? [{ name, size: value.size, capacity: value.capacity }]
        : [],
    )
  }

  #instantiate(name: string, declaration: StateDeclaration): Retractable {
    switch (declaration.kind) {
      case 'expiringMap':
        return this.#expiringMap(name, declaration)
      case 'indexSet':
        return this.#indexSet(name, declaration)
      case 'maglev':
        return new SpecMaglev(name, declaration.key, declaration.backends, declaration.height, this.choices)
      case 'chosenBy':
        return new SpecChosenBy(name, declaration.key, declaration.range, this.choices)
    }
  }

  #expiringMap(name: string, declaration: ExpiringMapDeclaration<object, object | undefined>): Retractable {
    const { key, capacity } = declaration
    const value = declaration.value && requiredValue(name, declaration.value)
    if (this.#watched === undefined) {
      return new SpecExpiringMap(name, new ConcreteExpiringMap(capacity, key, value), declaration, this.choices)
    }
    const state = new WatchedExpiringMap(capacity, key, value)
    const table = new SpecExpiringMap(name, state, declaration, this.choices)
    this.#watched.set(name, { declaration, table, state })
    return table
  }

  #indexSet(name: string, declaration: IndexSetDeclaration): Retractable {
    const { capacity } = declaration
    if (this.#watched === undefined) return new SpecIndexSet(name, new ConcreteIndexAllocator(capacity), this.choices)
    const state = new WatchedIndexAllocator(capacity)
    this.#watched.set(name, { declaration, state })
    return new SpecIndexSet(name, state, this.choices)
  }
}

/** `rewriteMacs`: the Ethernet addresses of a packet routed out of a port, from `deviceMac` and `nextHopMac`. */
export function macRewriter(config: Readonly<Record<string, unknown>>, portCount: number): (egress: number) => object {
  const { deviceMac, nextHopMac } = config
  const addresses: object[] = []
  if (deviceMac instanceof List && nextHopMac instanceof List) {
    for (let port = 0; port < portCount; port++) {
      addresses.push(Object.freeze({ ethernet: Object.freeze({ src: deviceMac.at(port), dst: nextHopMac.at(port) }) }))
    }
  }
  return (egress) => {
    const rewritten = addresses[egress]
    if (rewritten !== undefined) return rewritten
    throw new SpecError(
      addresses.length === 0
        ? 'rewriteMacs needs deviceMac and nextHopMac in config, each perPort(macAddress)'
        : `rewriteMacs(${egress}), but there are ${portCount} ports`,
    )
  }
}
