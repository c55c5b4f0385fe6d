/** What a NAT is asked in its scenes. One external port, 1024, unless a scene says otherwise: who has it is plain. */
import { type FrameParts, readU16 } from '../../../src/packet/index.js'
import { type End, type Protocol, packet } from '../frames.js'
import { Scene } from '../scene.js'
import { badIpv4, oddIpv4 } from '../shapes.js'

const WAN = 0
const EXTERNAL = '198.51.100.1'
const LIFETIME = 1000

const host = { address: '10.0.0.11', port: 5000 }
const other = { address: '10.0.0.12', port: 5000 }
const server = { address: '192.0.2.21', port: 80 }
const external = { address: EXTERNAL, port: 1024 }

function scene(name: string, maxFlows = 1): Scene {
  const config = { wan: WAN, externalIp: EXTERNAL, startPort: 1024, maxFlows, expiration: `${LIFETIME}ns` }
  return new Scene(name, { nf: 'nat', ports: 3, config })
}

const out = (from: End = host, to: End = server, protocol: Protocol = 'udp') => packet(protocol, from, to)
const back = (from: End = server, to: End = external, protocol: Protocol = 'udp') => packet(protocol, from, to)

/** Who may use the only mapping: each field of the flow is another one's in one packet. */
export const strangers = scene('strangers')
  .send('opens', 1, out())
  .send('another host', 1, out(other))
  .send('another port of the host', 1, out({ ...host, port: 5001 }))
  .send('another server', 1, out(host, { ...server, address: '192.0.2.22' }))
  .send('another port of the server', 1, out(host, { ...server, port: 81 }))
  .send('another protocol', 1, out(host, server, 'tcp'))
  .send('another port of the device', 2, out())
  .send('answer', WAN, back())
  .send('answer from another address', WAN, back({ ...server, address: '192.0.2.22' }))
  .send('answer from another port', WAN, back({ ...server, port: 81 }))
  .send('answer by another protocol', WAN, back(server, external, 'tcp'))
  .send('answer to another address', WAN, back(server, { ...external, address: '198.51.100.2' }))
  .send('an internal host to the external address', 2, out(other, external))

/** Which external ports lead inside: of two there are, one is given out. */
export const range = scene('range', 2)
  .send('opens', 1, out())
  .send('below the range', WAN, back(server, { ...external, port: 1023 }))
  .send('above the range', WAN, back(server, { ...external, port: 1026 }))
  .send('first port', WAN, back())
  .send('a port not given out', WAN, back({ address: '0.0.0.0', port: 0 }, { ...external, port: 1025 }))
  .after(LIFETIME + 1)
  .send('a port no longer given out', WAN, back())

/** When the only mapping is free again. Whoever cannot have it is dropped, and changes nothing. */
export const expiry = scene('expiry')
  .send('opens', 1, out())
  .after(LIFETIME)
  .send('at the end of the lifetime', 1, out(other))
  .after(1)
  .send('after the lifetime', 1, out(other))
  .after(600)
  .send('used from inside', 1, out(other))
  .after(LIFETIME)
  .send('a lifetime after a use from inside', 1, out())
  .after(1)
  .send('past a use from inside', 1, out())
  .after(600)
  .send('used from outside', WAN, back())
  .after(LIFETIME)
  .send('a lifetime after a use from outside', 1, out(other))
  .after(1)
  .send('past a use from outside', 1, out(other))

/** Dropped packets keep no mapping alive: half a lifetime after each, the mapping ends all the same. */
function attack(name: string, frame: Uint8Array, port = WAN): Scene {
  return scene(name)
    .send('opens', 1, out())
    .after(LIFETIME / 2)
    .send('dropped', port, frame)
    .after(LIFETIME / 2 + 1)
    .send('the mapping has ended', 1, out(other))
}

export const keptByAddress = attack('kept-by-address', back({ ...server, address: '192.0.2.22' }))
export const keptByPort = attack('kept-by-port', back({ ...server, port: 81 }))
export const keptByProtocol = attack('kept-by-protocol', back(server, external, 'tcp'))
export const keptByTarget = attack('kept-by-target', back(server, { ...external, address: '198.51.100.2' }))

/** The fields that are written, and those that are not; `tells` labels a scene's packets by protocol. */
function translation(protocol: Protocol, more: FrameParts = {}, name: string = protocol): Scene {
  return scene(`translate-${name}`)
    .send('out', 2, packet(protocol, host, server, more))
    .send('in', WAN, packet(protocol, server, external, more))
}

export const tcp = translation('tcp')
export const udp = translation('udp')
export const udpWithoutChecksum = translation('udp', { udp: { checksum: 0 } }, 'udp-without-checksum')
export const wrongHeaderChecksum = translation('udp', { ipv4: { headerChecksum: 0x1234 } }, 'wrong-header-checksum')
export const wrongChecksum = translation('tcp', { tcp: { checksum: 0x1234 } }, 'wrong-checksum')
export const ipOptions = translation('tcp', { ipv4: { options: new Uint8Array([1, 1, 1, 0]) } }, 'ip-options')

/** A payload with which the translated datagram's checksum comes to 0, which UDP sends as 0xffff. */
function zeroSum(): Uint8Array {
  const translated = packet('udp', external, server, { payload: new Uint8Array(2) })
  const checksum = readU16(translated, 14 + 20 + 6)
  return new Uint8Array([checksum >> 8, checksum & 255])
}

export const udpChecksumZero = scene('translate-udp-zero').send(
  'out',
  2,
  packet('udp', host, server, { payload: zeroSum() }),
)

/** Datagrams on the edge, with room for all of them. */
export const shapes = scene('shapes', 64)
for (const { label, frame } of oddIpv4(host, server)) shapes.send(label, 1, frame)
for (const { label, frame } of badIpv4(host, server)) shapes.send(label, 1, frame)
