/** What a firewall is asked in its scenes, over both IP versions. */
import { type End, type Protocol, packet } from '../frames.js'
import { Scene } from '../scene.js'
import { badIpv4, badIpv6, oddIpv4, oddIpv6 } from '../shapes.js'

const WAN = 0
const LIFETIME = 1000

const host = { address: '10.0.0.11', port: 5000 }
const server = { address: '192.0.2.21', port: 80 }
const host6 = { address: '2001:db8:1::11', port: 5000 }
const server6 = { address: '2001:db8:2::21', port: 80 }

function scene(name: string, maxFlows = 8): Scene {
  const config = { wan: WAN, maxFlows, expiration: `${LIFETIME}ns` }
  return new Scene(name, { nf: 'firewall', ports: 3, config })
}

const out = (from: End = host, to: End = server, protocol: Protocol = 'udp') => packet(protocol, from, to)
const back = (from: End = server, to: End = host, protocol: Protocol = 'udp') => packet(protocol, from, to)

/** Who may answer a flow: each field of the answer is another one's in one packet. */
export const strangers = scene('strangers')
  .send('nobody asked', WAN, back())
  .send('opens', 1, out())
  .send('answer', WAN, back())
  .send('from another address', WAN, back({ ...server, address: '192.0.2.22' }))
  .send('from another port', WAN, back({ ...server, port: 81 }))
  .send('to another host', WAN, back(server, { ...host, address: '10.0.0.12' }))
  .send('to another port of the host', WAN, back(server, { ...host, port: 5001 }))
  .send('by another protocol', WAN, back(server, host, 'tcp'))
  .send('the same way round', WAN, out())
  .send('by another port of the device', 2, out())

/** The same over IPv6, one half of an address at a time. */
export const strangers6 = scene('strangers-ipv6')
  .send('nobody asked', WAN, back(server6, host6))
  .send('opens', 1, out(host6, server6))
  .send('answer', WAN, back(server6, host6))
  .send('from another network', WAN, back({ ...server6, address: '2001:db8:3::21' }, host6))
  .send('from another interface', WAN, back({ ...server6, address: '2001:db8:2::22' }, host6))
  .send('to another network', WAN, back(server6, { ...host6, address: '2001:db8:4::11' }))
  .send('to another interface', WAN, back(server6, { ...host6, address: '2001:db8:1::12' }))
  .send('by another protocol', WAN, back(server6, host6, 'tcp'))
  .send('the same way round', WAN, out(host6, server6))

/** IPv6 addresses with the bits of IPv4 ones, after zeros, as the flow's key has both. */
export const versions = scene('versions')
  .send('opens over IPv4', 1, out())
  .send('answer over IPv6', WAN, back({ ...server, address: '::c000:215' }, { ...host, address: '::a00:b' }))
  .send('opens over IPv6', 1, out({ ...host, address: '1::1:0:0:1' }, { ...server, address: '2::2:0:0:2' }))
  .send('answer over IPv4', WAN, back())

/** Flows behind two ports, and one host whose address is used behind both. */
export const sides = scene('sides')
  .send('opens by port 1', 1, out())
  .send('opens by port 2', 2, out({ ...host, address: '10.0.0.12' }))
  .send('answer to port 1', WAN, back())
  .send('answer to port 2', WAN, back(server, { ...host, address: '10.0.0.12' }))
  .send('the flow of port 1 by port 2', 2, out())
  .send('answer to port 1 again', WAN, back())

/** A table of one: each further flow differs in one field, and is dropped. */
export const full = scene('full', 1)
  .send('opens', 1, out())
  .send('another flow', 1, out({ ...host, port: 5001 }))
  .send('another server', 1, out(host, { ...server, address: '192.0.2.22' }))
  .send('another protocol', 1, out(host, server, 'tcp'))
  .send('again', 1, out())
  .send('answer', WAN, back())

export const expiry = scene('expiry')
  .send('opens', 1, out())
  .after(LIFETIME)
  .send('at the end of the lifetime', WAN, back())
  .after(LIFETIME)
  .send('a lifetime after a use from outside', WAN, back())
  .after(600)
  .send('used from inside', 1, out())
  .after(LIFETIME)
  .send('a lifetime after a use from inside', WAN, back())
  .after(LIFETIME + 1)
  .send('after the lifetime', WAN, back())

/** A flow used by another port than its own is dropped, and lives no longer for it. */
export const keptByAnother = scene('kept-by-another-port')
  .send('opens', 1, out())
  .after(LIFETIME / 2)
  .send('dropped', 2, out())
  .after(LIFETIME / 2 + 1)
  .send('the flow has ended', WAN, back())
  .send('and is free for the other port', 2, out())
  .send('whose answers come', WAN, back())

/** A packet that answers nothing opens nothing. */
export const unasked = scene('unasked')
  .send('from outside', WAN, back())
  .send('and again', WAN, back())
  .send('the other way round', 1, out())
  .send('answer', WAN, back())

/** Datagrams on the edge, with room for all of them. */
export const shapes = scene('shapes', 64)
for (const { label, frame } of oddIpv4(host, server)) shapes.send(label, 1, frame)
for (const { label, frame } of oddIpv6(host6, server6)) shapes.send(label, 1, frame)
for (const { label, frame } of badIpv4(host, server)) shapes.send(label, 1, frame)
for (const { label, frame } of badIpv6(host6, server6)) shapes.send(label, 1, frame)
