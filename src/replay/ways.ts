/**
 * The kinds of way into a device, as nf.yaml (`replay:`, by ports) or a topology (`replay:`, by inputs) names them.
 * docs/replay.md describes the format.
 */
import { InputError } from '../errors.js'
import type { Topology, TopologyReplay } from '../testbed/index.js'

export type Ways =
  | {
      /** Two sides of hosts: `inside`, told by private networks first, and `clients`, who open the flows. */
      readonly kind: 'sides' | 'clients'
      /** Inputs of the inside, or of clients. */
      readonly first: readonly number[]
      /** Inputs of the outside, or of servers. */
      readonly second: readonly number[]
      readonly translates: boolean
    }
  | { readonly kind: 'stations'; readonly inputs: readonly number[]; readonly translates: boolean }

/** What is asked of the network function whose nf.yaml is read. */
export interface NfPorts {
  readonly name: string
  readonly file: string
  readonly portCount: number
  /** Ports that a configuration value names; undefined where it names none. */
  portsOf(configName: string): readonly number[] | undefined
}

export function waysOfTopology(topology: Topology, replay: TopologyReplay): Ways {
  const index = (names: readonly string[] = []): number[] =>
    names.map((name) => topology.inputs.findIndex((input) => input.name === name))
  if (replay.stations !== undefined) {
    return { kind: 'stations', inputs: index(replay.stations), translates: replay.translates ?? false }
  }
  if (replay.clients !== undefined) {
    return {
      kind: 'clients',
      first: index(replay.clients),
      second: index(replay.servers),
      translates: replay.translates ?? false,
    }
  }
  return {
    kind: 'sides',
    first: index(replay.sides?.inside),
    second: index(replay.sides?.outside),
    translates: replay.translates ?? true,
  }
}

/**
 * The ways that nf.yaml's `replay` names, over the inputs of a topology with this network function alone.
 *
 * @throws InputError where it is not one of the documented forms, or a port has no input.
 */
export function waysOfNf(replay: unknown, nf: NfPorts, inputOfPort: (port: number) => number | undefined): Ways {
  const inputs = (ports: readonly number[]): number[] =>
    ports.map((port) => {
      const input = inputOfPort(port)
      if (input !== undefined) return input
      throw new InputError(`the topology has no input at port ${port} of ${nf.name}, by which packets would enter`, {
        hint: 'add one, or a replay: section to the topology',
      })
    })
  if (replay === undefined) return withoutWish(nf, inputOfPort)
  if (!isMapping(replay)) throw wrong(nf, 'must be a mapping')
  const translates = replay.translates
  if (translates !== undefined && typeof translates !== 'boolean') throw wrong(nf, 'translates must be true or false')
  if ('stations' in replay) {
    const ports = portsOf(replay.stations, nf, [])
    return { kind: 'stations', inputs: inputs(ports), translates: translates ?? false }
  }
  const isClients = 'clients' in replay
  const pair: unknown = isClients ? { inside: replay.clients, outside: replay.servers } : replay.sides
  if (!isMapping(pair)) throw wrong(nf, 'must have sides, clients with servers, or stations')
  const { inside, outside } = pair
  const second = portsOf(outside, nf, inside === 'others' ? [] : portsOf(inside, nf, []))
  const first = portsOf(inside, nf, second)
  if (first.length === 0 || second.length === 0) throw wrong(nf, 'leaves one side without a port')
  return {
    kind: isClients ? 'clients' : 'sides',
    first: inputs(first),
    second: inputs(second),
    translates: translates ?? !isClients,
  }
}

/** Nothing said: two ports are two sides, more are stations. */
function withoutWish(nf: NfPorts, inputOfPort: (port: number) => number | undefined): Ways {
  const inputs: number[] = []
  for (let port = 0; port < nf.portCount; port++) {
    const input = inputOfPort(port)
    if (input !== undefined) inputs.push(input)
  }
  const [first, second] = inputs
  if (inputs.length === 2 && first !== undefined && second !== undefined) {
    return { kind: 'sides', first: [first], second: [second], translates: true }
  }
  return { kind: 'stations', inputs, translates: true }
}

/** Ports from a number, a list of numbers, the name of a configuration value, `all` or `others`. */
function portsOf(value: unknown, nf: NfPorts, taken: readonly number[]): readonly number[] {
  const every = Array.from({ length: nf.portCount }, (_, port) => port)
  if (value === 'all') return every
  if (value === 'others') return every.filter((port) => !taken.includes(port))
  if (typeof value === 'string') {
    const ports = nf.portsOf(value)
    if (ports === undefined) throw wrong(nf, `names '${value}', which is no configuration value of ports`)
    return [...new Set(ports)]
  }
  const list: unknown[] = Array.isArray(value) ? value : [value]
  return list.map((port) => {
    if (typeof port === 'number' && Number.isInteger(port) && port >= 0 && port < nf.portCount) return port
    throw wrong(nf, `names the port ${JSON.stringify(port)}; there are ${nf.portCount} ports`)
  })
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function wrong(nf: NfPorts, what: string): InputError {
  return new InputError(`'replay' ${what}`, { file: nf.file, hint: 'docs/replay.md has the forms' })
}
