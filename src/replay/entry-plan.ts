import type { Layers } from '../packet/layers.js'
import { hashMac, MacTable } from './mac-table.js'
import { type Networks, privateNetworks } from './networks.js'
import type { PortRules } from './port-rules.js'
import { FIRST, hashSource, type Side, Sides } from './sides.js'
import type { Ways } from './ways.js'

/** By which input each packet enters: explicit rules first, in their order, then the ways of the device. */
export class EntryPlan {
  /** Side of the packet asked last; for stations always FIRST. */
  lastSide: Side = FIRST
  readonly #ways: Ways
  readonly #rules: PortRules
  readonly #clients: Networks | undefined
  readonly #names: readonly string[]
  readonly #sides: Sides
  readonly #stations = new MacTable()
  #nextStation = 0
  #isInitiatorUsed = false

  constructor(ways: Ways, rules: PortRules, clients: Networks | undefined, inputNames: readonly string[]) {
    const { initiator } = rules
    this.#ways =
      initiator === undefined
        ? ways
        : { kind: 'clients', first: [initiator.first], second: [initiator.second], translates: ways.translates }
    this.#rules = rules
    this.#clients = clients
    this.#names = inputNames
    const byNetwork = this.#ways.kind === 'sides' ? privateNetworks : undefined
    this.#sides = new Sides({ networks: clients ?? byNetwork, strangers: clients === undefined ? 'opener' : 'second' })
  }

  get translates(): boolean {
    return this.#ways.translates
  }

  get hasStations(): boolean {
    return this.#ways.kind === 'stations'
  }

  /** Looks at a packet before anything is sent; the input by which it would enter, as far as is known by then. */
  study(layers: Layers, interfaceId: number): number {
    if (this.#ways.kind !== 'stations') this.#sides.study(layers)
    return this.input(layers, interfaceId)
  }

  /** Studying is over: what follows is sent. */
  begin(): void {
    this.#sides.begin()
    this.#stations.clear()
    this.#nextStation = 0
    for (const rule of this.#rules.rules) rule.matched = 0
  }

  /** The input by which a packet enters. */
  input(layers: Layers, interfaceId: number): number {
    for (const rule of this.#rules.rules) {
      if (!rule.matches(layers, interfaceId)) continue
      rule.matched += 1
      this.lastSide = this.#ways.kind !== 'stations' && this.#ways.second.includes(rule.input) ? 1 : 0
      return rule.input
    }
    const ways = this.#ways
    if (ways.kind === 'stations') return this.#station(layers, ways.inputs)
    this.#isInitiatorUsed = true
    const side = this.#sides.side(layers)
    this.lastSide = side
    const inputs = side === FIRST ? ways.first : ways.second
    return (inputs.length === 1 ? inputs[0] : inputs[hashSource(layers) % inputs.length]) ?? 0
  }

  /** Rules of the user that no packet matched. */
  get unmatched(): readonly string[] {
    const unmatched = this.#rules.rules.filter((rule) => rule.matched === 0).map((rule) => `--port-rule ${rule.text}`)
    if (this.#clients !== undefined && this.#sides.matched === 0) unmatched.push(`--clients ${this.#clients}`)
    const { initiator } = this.#rules
    if (initiator !== undefined && !this.#isInitiatorUsed) unmatched.push(`--port-rule ${initiator.text}`)
    return unmatched
  }

  /** The plan in words, one line each. */
  describe(): string[] {
    const lines = this.#rules.rules.map((rule) => `${rule.text}: enters by ${this.#name([rule.input])}`)
    const ways = this.#ways
    if (ways.kind === 'stations') {
      const names = this.#name(ways.inputs)
      return [...lines, `each source MAC address enters by one port of ${names}, in order of first appearance`]
    }
    const [one, other] = ways.kind === 'sides' ? ['inside', 'outside'] : ['clients', 'servers']
    const ends = `${one} by ${this.#name(ways.first)}, ${other} by ${this.#name(ways.second)}`
    return [...lines, `${ends}: ${this.#describeSides(one)}`]
  }

  #describeSides(one: string): string {
    const opener = `the host that opens a flow is ${one === 'inside' ? 'inside' : 'its client'}`
    if (this.#clients !== undefined) return `${one} hosts are those of ${this.#clients}; among them, ${opener}`
    if (this.#ways.kind === 'clients') return opener
    return `inside hosts are those of ${privateNetworks}; where that does not tell two hosts apart, ${opener}`
  }

  #name(inputs: readonly number[]): string {
    return inputs.map((input) => this.#names[input] ?? '?').join(', ')
  }

  #station(layers: Layers, inputs: readonly number[]): number {
    this.lastSide = FIRST
    if (!layers.ethernet) return inputs[0] ?? 0
    const at = layers.start + 6
    const known = this.#stations.get(layers.bytes, at)
    if (known >= 0) return known
    const next = inputs[this.#nextStation % inputs.length] ?? 0
    if (!this.#stations.set(layers.bytes, at, next)) return inputs[hashMac(layers.bytes, at) % inputs.length] ?? 0
    this.#nextStation += 1
    return next
  }
}
