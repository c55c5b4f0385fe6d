/**
 * Scenes of pairs of connections that differ in one field. The first of each pair is with the one backend that lives
 * then; the second is asked for when all live. Where the two are taken for one connection, the second is sent after the
 * first, and elsewhere when both have been forgotten, which no ring explains.
 */
import type { End, Protocol } from '../frames.js'
import { BalancerScene, client, client6, LIFETIME, request, service, service6 } from './scenes.js'

interface Connection {
  readonly from: End
  readonly to: End
  readonly protocol?: Protocol
}

const usual: Connection = { from: client, to: service }
const usual6: Connection = { from: client6, to: service6 }

/** The connection `number` of a kind: they differ in the client's port, or where that is what differs, its address. */
function nth({ from, to, protocol = 'udp' }: Connection, number: number): Uint8Array {
  return request({ ...from, port: from.port + number }, to, protocol)
}

function pairs(name: string, first: Connection, second: Connection): BalancerScene {
  const numbers = Array.from({ length: 16 }, (_, i) => 2 * i)
  const firsts = numbers.map((number) => nth(first, number))
  const seconds = numbers.map((number) => nth(second, number))
  return new BalancerScene(`pairs-${name}`)
    .beats('one beats', 1)
    .all('first', firsts)
    .beats('two join', 0, 2)
    .all('second', seconds)
    .after(LIFETIME + 1)
    .all('second again', seconds)
}

const from = (end: Partial<End>): Connection => ({ ...usual, from: { ...client, ...end } })
const to = (end: Partial<End>): Connection => ({ ...usual, to: { ...service, ...end } })
const from6 = (address: string): Connection => ({ ...usual6, from: { ...client6, address } })
const to6 = (address: string): Connection => ({ ...usual6, to: { ...service6, address } })

export const bySource = pairs('source', usual, from({ address: '203.0.113.8' }))
export const byDestination = pairs('destination', usual, to({ address: '198.51.100.10' }))
export const bySourcePort = pairs('source-port', usual, from({ port: client.port + 1 }))
export const byDestinationPort = pairs('destination-port', usual, to({ port: 81 }))
export const byProtocol = pairs('protocol', usual, { ...usual, protocol: 'tcp' })
export const byVersion = pairs('version', usual, {
  from: { ...client, address: '::cb00:7107' },
  to: { ...service, address: '::c633:6409' },
})
export const bySourceNetwork = pairs('source-network', usual6, from6('2001:db8:3::7'))
export const bySourceHost = pairs('source-host', usual6, from6('2001:db8:1::8'))
export const byDestinationNetwork = pairs('destination-network', usual6, to6('2001:db8:3::9'))
export const byDestinationHost = pairs('destination-host', usual6, to6('2001:db8:2::a'))
