/**
 * What a balancer is asked in its scenes. Clients are on port 0, backend i is behind port i + 1, port 4 has none. Which
 * backend a connection gets is the ring's to say; scenes ask for what must hold whatever it says, with connections
 * enough that every backend has some.
 */
import { type End, type Protocol, packet, withByte } from '../frames.js'
import { Scene, type SceneConfig } from '../scene.js'
import { badIpv4, badIpv6, oddIpv4, oddIpv6 } from '../shapes.js'

const WAN = 0
export const LIFETIME = 1000
const HEARTBEAT = 3781

export const client = { address: '203.0.113.7', port: 4000 }
export const service = { address: '198.51.100.9', port: 80 }
export const client6 = { address: '2001:db8:1::7', port: 4000 }
export const service6 = { address: '2001:db8:2::9', port: 80 }

/** Backends that die sooner than connections. */
const shortLived = { expiration: `${5 * LIFETIME} ns`, heartbeatTimeout: `${LIFETIME} ns` }

interface Beat {
  /** Whose address it has. */
  readonly mac?: number
  readonly port?: number
  readonly protocol?: Protocol
}

function heartbeat(backend: number, { mac = backend, port = HEARTBEAT, protocol = 'udp' }: Beat = {}): Uint8Array {
  const from = { address: `10.0.0.${backend + 1}`, port: 9 }
  const ethernet = { src: `02:00:00:00:02:0${mac + 1}` }
  return packet(protocol, from, { address: '10.0.0.254', port }, { ethernet })
}

export function request(from: End = client, to: End = service, protocol: Protocol = 'tcp'): Uint8Array {
  return packet(protocol, from, to)
}

/** A number of connections of one client. */
export function connections(count: number, firstPort = 4001): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => request({ ...client, port: firstPort + i }))
}

export class BalancerScene extends Scene {
  constructor(name: string, config: SceneConfig = {}) {
    const lives = { expiration: `${LIFETIME} ns`, heartbeatTimeout: '1 s' }
    const usual = { wan: WAN, capacity: 64, height: 127, heartbeatPort: HEARTBEAT, ...lives }
    super(name, { nf: 'balancer', ports: 5, config: { ...usual, ...config } })
  }

  /** Heartbeats of backends, each by its port. */
  beats(label: string, ...backends: readonly number[]): this {
    for (const backend of backends) this.send(`${label} #${backend + 1}`, backend + 1, heartbeat(backend))
    return this
  }

  /** Packets of clients, one after the other. */
  all(label: string, frames: readonly Uint8Array[] = connections(24)): this {
    for (const [i, frame] of frames.entries()) this.send(`${label} #${i + 1}`, WAN, frame)
    return this
  }
}

/** What makes a backend live, and what does not. */
export const heartbeats = new BalancerScene('heartbeats')
  .send('nobody is live', WAN, request())
  .send('to another port', 1, heartbeat(0, { port: HEARTBEAT + 1 }))
  .send('after a datagram to another port', WAN, request())
  .send('by TCP', 1, heartbeat(0, { protocol: 'tcp' }))
  .send('of an unknown address', 1, heartbeat(0, { mac: 8 }))
  .send('behind the port of another', 2, heartbeat(0))
  .send('after the port of another', WAN, request())
  .send('behind the port without a backend', 4, heartbeat(0))
  .send('from the clients', WAN, heartbeat(0))
  .send('of the third backend', 3, heartbeat(2))
  .send('delivered', WAN, request())
  .send('answer', 3, request(service, client))

/** A backend alone, from its heartbeat to its death. */
export const silence = new BalancerScene('silence', shortLived)
  .send('beats', 2, heartbeat(1))
  .after(LIFETIME)
  .send('at the end of the timeout', WAN, request())
  .after(1)
  .send('past the timeout', WAN, request())
  .send('beats again', 2, heartbeat(1))
  .after(600)
  .send('and again', 2, heartbeat(1))
  .after(LIFETIME)
  .send('a timeout later', WAN, request())
  .after(1)
  .send('asked for, but silent', WAN, request())

/** Connections stay while their backend lives, whoever joins. */
export const joining = new BalancerScene('joining')
  .beats('one beats', 1)
  .all('opens')
  .beats('two join', 0, 2)
  .all('stays')

/** Connections leave a dead backend, stay with the new one when the old is back, and are forgotten at last. */
export const leaving = new BalancerScene('leaving', shortLived)
  .beats('all beat', 0, 1, 2)
  .all('opens')
  .after(600)
  .beats('one goes on', 1)
  .after(600)
  .all('moves')
  .beats('all are back', 0, 2)
  .all('stays')
  .after(5 * LIFETIME - 500)
  .beats('all go on', 0, 1, 2)
  .after(501)
  .all('forgotten')

/** A move is a use. */
export const moved = new BalancerScene('moved', shortLived)
  .beats('all beat', 0, 1, 2)
  .all('opens')
  .after(600)
  .beats('one goes on', 1)
  .after(600)
  .all('moves')
  .after(5 * LIFETIME - 500)
  .beats('all are back', 0, 1, 2)
  .after(500)
  .all('an expiration after the move')

/** The ring says the same for a connection and the same backends, also when the connection was forgotten. */
export const again = new BalancerScene('again')
  .beats('all beat', 0, 1, 2)
  .all('opens')
  .after(LIFETIME + 1)
  .all('opens again')

/** All connections are with one backend; whichever is forgotten follows the ring of three. */
export const kept = new BalancerScene('kept')
  .beats('one beats', 1)
  .all('opens')
  .beats('two join', 0, 2)
  .after(LIFETIME)
  .all('at the end of the expiration')
  .after(600)
  .all('used')

/** Room for eight connections. */
export const full = new BalancerScene('full', { capacity: 8 })
  .beats('one beats', 1)
  .all('opens', connections(8))
  .all('no room', connections(8, 5000))
  .beats('two join', 0, 2)
  .all('stays', connections(8))

/** After a packet over IPv6, whose addresses fill all of the key. */
export const mixed = new BalancerScene('mixed').beats('one beats', 1).all('opens').beats('two join', 0, 2)
for (const [i, frame] of connections(24).entries()) {
  const port = 6001 + i
  const other = request({ address: '1::1:0:cb00:7107', port }, { address: '2::2:0:c633:6409', port: 80 })
  mixed.send(`between #${i + 1}`, WAN, other).send(`stays #${i + 1}`, WAN, frame)
}

/** Datagrams on the edge, from clients, with one backend live. */
export const shapes = new BalancerScene('shapes').beats('one beats', 1)
for (const { label, frame } of oddIpv4(client, service)) shapes.send(label, WAN, frame)
for (const { label, frame } of oddIpv6(client6, service6)) shapes.send(label, WAN, frame)
for (const { label, frame } of badIpv4(client, service)) shapes.send(label, WAN, frame)
for (const { label, frame } of badIpv6(client6, service6)) shapes.send(label, WAN, frame)

/** What backends send: legal datagrams go on whatever they carry, malformed ones do not. */
export const answers = new BalancerScene('answers')
  .send('UDP beyond its datagram', 2, packet('udp', service, client, { udp: { length: 60 } }))
  .send('ICMP', 2, withByte(packet('udp', service, client), 14 + 9, 1))
  .send('later fragment', 2, packet('udp', service, client, { ipv4: { fragmentOffset: 1 } }))
  .send('later fragment that looks like a heartbeat', 2, laterFragment())
  .send('a datagram shorter than its header', 2, packet('udp', service, client, { ipv4: { totalLength: 19 } }))
  .send('IP version 5', 2, packet('udp', service, client, { ipv4: { version: 5 } }))

function laterFragment(): Uint8Array {
  const from = { address: '10.0.0.2', port: 9 }
  const to = { address: '10.0.0.254', port: HEARTBEAT }
  return packet('udp', from, to, { ethernet: { src: '02:00:00:00:02:02' }, ipv4: { fragmentOffset: 1 } })
}
