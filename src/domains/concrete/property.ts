import type { Answer, AnyProperty, Output } from '../../spec/property.js'
import type { SpecConfig } from '../../spec/values.js'
import { bindConfig } from './config.js'
import type { Seen } from './features.js'
import { ConcretePacket, PacketPool } from './packet.js'
import { type ConcreteReading, macRewriter } from './reading.js'
import { tablesOf } from './same-table.js'
import { ConcreteMapView, ConcreteSetView, Glance, type WatchedTable, type When } from './views.js'

/**
 * A property in the fast reading: run on what a watched reading of the network function's specification has just done,
 * and on what was seen to leave. The author's module runs as it is.
 */
export class PropertyReading {
  readonly #property: AnyProperty
  readonly #reading: ConcreteReading
  readonly #pool: PacketPool
  readonly #packet: ConcretePacket
  readonly #output: SeenOutput
  readonly #glances = new Map<string, Glance>()
  readonly #context: Record<string, unknown>

  /**
   * `reading` must be watched. `file` is the property's.
   * @throws SpecError where configuration or tables are not those of the specification.
   */
  constructor(property: AnyProperty, file: string, config: SpecConfig, reading: ConcreteReading) {
    const { of } = property
    const values = bindConfig(of.config, config, file)
    this.#property = property
    this.#reading = reading
    this.#pool = new PacketPool(of.tagAware?.(values) ?? false, reading.seen)
    this.#packet = new ConcretePacket(this.#pool)
    this.#output = new SeenOutput(reading.seen, new ConcretePacket(this.#pool))
    const tables = this.#tables(file, values)
    const before = this.#views(tables, 'before')
    this.#context = {
      packet: this.#packet,
      ingress: 0,
      now: 0n,
      config: values,
      portCount: config.portCount,
      rewriteMacs: macRewriter(values, config.portCount),
      output: this.#output,
      ...before,
      before,
      after: this.#views(tables, 'after'),
    }
  }

  /** What the property answers for the packet that the reading ran last, which came in by `ingress` at `now`. */
  run(ingress: number, now: bigint): Answer {
    const { bytes, start, length } = this.#reading.packet
    this.#pool.release()
    this.#packet.parse(bytes, start, length)
    this.#output.look()
    this.#context.ingress = ingress
    this.#context.now = now
    const thresholds = this.#property.of.expireOlderThan?.({ now, config: this.#context.config })
    for (const [name, glance] of this.#glances) glance.restart(thresholds?.[name])
    return this.#property.check(this.#context)
  }

  /** Whether the last answer rests on a choice of the device that has not shown yet. */
  get isDoubtful(): boolean {
    return [...this.#glances.values()].some((glance) => glance.isDoubtful)
  }

  /** What the last answer looked at: the tables after the packet, those before it at most, or none. */
  get saw(): When | undefined {
    const all = [...this.#glances.values()].map(({ saw }) => saw)
    return all.includes('after') ? 'after' : all.find((saw) => saw !== undefined)
  }

  /** The packet of an answer. */
  get pool(): PacketPool {
    return this.#pool
  }

  /** The tables that the property declares. */
  #tables(file: string, config: Readonly<Record<string, unknown>>): (readonly [string, WatchedTable])[] {
    const { watched } = this.#reading
    const names = tablesOf(this.#property.of.state(config), (name) => watched?.get(name)?.declaration, file)
    return names.flatMap((name) => {
      const table = watched?.get(name)
      return table === undefined ? [] : [[name, table] as const]
    })
  }

  #views(tables: readonly (readonly [string, WatchedTable])[], when: When): Readonly<Record<string, unknown>> {
    return Object.freeze(
      Object.fromEntries(
        tables.map(([name, table]) => {
          const shown = when === 'before' ? name : `${when}.${name}`
          const glance = this.#glances.get(name) ?? new Glance()
          this.#glances.set(name, glance)
          const view =
            'table' in table
              ? new ConcreteMapView(shown, table, when, glance)
              : new ConcreteSetView(shown, table, when, glance)
          return [name, view]
        }),
      ),
    )
  }
}

/** What was seen to leave. */
class SeenOutput implements Output {
  readonly #seen: Seen
  readonly #packet: ConcretePacket

  constructor(seen: Seen, packet: ConcretePacket) {
    this.#seen = seen
    this.#packet = packet
  }

  look(): void {
    if (this.#seen.egress !== 0) this.#packet.parse(this.#seen.bytes, this.#seen.start, this.#seen.length)
  }

  get ports(): number {
    return this.#seen.egress
  }

  get packet(): ConcretePacket | undefined {
    return this.#seen.egress === 0 ? undefined : this.#packet
  }

  leavesBy(port: number): boolean {
    return port >= 0 && port < 31 && ((this.#seen.egress >> port) & 1) === 1
  }
}
