/** Packets of clients and backends, some broken, and configurations of the balancer that make the most of them. */
import fc from 'fast-check'

import { ethernet, ipv4, ipv6, mutated, tcp, udp } from '../frames.js'
import type { World } from '../random-frames.js'

export const WAN = 0
export const BACKENDS = [0x020000000201, 0x020000000202, 0x020000000203] as const
export const CLIENT_MAC = 0x0200000000aa
export const SERVICE = 0xc6336401
export const HEARTBEAT = 3781
export const UDP = 17
export const TCP = 6

/** Backend i is behind port i + 1. */
export const config = { capacity: '64', expiration: '1000 ns', heartbeatTimeout: '100 ns', height: '67' }

export function heartbeat(backend: number): Uint8Array {
  const payload = udp({ srcPort: 1, dstPort: HEARTBEAT })
  const src = BACKENDS[backend] ?? 0
  return ethernet({ dst: 1, src, type: 0x0800, payload: ipv4({ src: 1, dst: 2, protocol: UDP, payload }) })
}

/** A packet of client `n`'s connection. */
export function request(n: number, protocol = TCP): Uint8Array {
  const ports = { srcPort: 1024 + (n % 60000), dstPort: 80 }
  const payload = protocol === TCP ? tcp(ports) : udp(ports)
  const header = ipv4({ src: 0x0a000000 + n, dst: SERVICE, protocol, payload })
  return ethernet({ dst: 0x020000000000, src: CLIENT_MAC, type: 0x0800, payload: header })
}

const transport = fc
  .record({
    protocol: fc.constantFrom(TCP, UDP),
    srcPort: fc.constantFrom(1, 2, 3),
    dstPort: fc.constantFrom(80, HEARTBEAT),
  })
  .map((fields) => ({ ...fields, payload: fields.protocol === TCP ? tcp(fields) : udp({ ...fields, data: [1, 2] }) }))

/** A later fragment, a first one, options that are not there, and UDP longer than its datagram. */
const headerChanges = [[[21, 1]], [[20, 0x20]], [[14, 0x46]], [[39, 11]]] as const

const anyFrame = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(heartbeat(0), heartbeat(1), heartbeat(2)) },
  {
    weight: 3,
    arbitrary: fc
      .record({
        mac: fc.constantFrom(CLIENT_MAC, ...BACKENDS),
        version: fc.constantFrom(4, 6),
        host: fc.constantFrom(1n, 2n, (1n << 64n) + 1n),
        inner: transport,
        changes: fc.oneof(
          { weight: 6, arbitrary: fc.constant([]) },
          { weight: 1, arbitrary: fc.constantFrom(...headerChanges) },
          fc.array(fc.tuple(fc.nat(64), fc.nat(255)), { maxLength: 2 }),
        ),
        cut: fc.oneof({ weight: 10, arbitrary: fc.constant(undefined) }, fc.nat(90)),
      })
      .map(({ mac, version, host, inner, changes, cut }) => {
        const { protocol, payload } = inner
        const datagram =
          version === 4
            ? ipv4({ src: Number(host % 4n), dst: SERVICE, protocol, payload })
            : ipv6({ src: host, dst: BigInt(SERVICE), nextHeader: protocol, payload })
        const type = version === 4 ? 0x0800 : 0x86dd
        return mutated(ethernet({ dst: 1, src: mac, type, payload: datagram }), changes, cut)
      }),
  },
)

/** Two clients, so that each comes back often; only what makes a backend live, or a connection known. */
const fewFrames = fc.constantFrom(heartbeat(0), heartbeat(1), heartbeat(2), request(1), request(2), request(1))

function world(what: string, more: World['config']): World {
  const gaps = [0, 0, 0, 1, 1, 5, 10, 20, 50, 100, 101]
  return { what, nf: 'balancer', config: { ...config, capacity: '4', ...more }, ports: 4, frames: anyFrame, gaps }
}

export const worlds: readonly World[] = [
  world('a small table', {}),
  {
    ...world('two clients', { expiration: '5 ns', heartbeatTimeout: '7 ns' }),
    frames: fewFrames,
    gaps: [0, 0, 0, 1, 2],
  },
  world('backends that outlive connections', { expiration: '50 ns', heartbeatTimeout: '500 ns' }),
  world('connections that outlive backends', { capacity: '8', expiration: '100000 ns' }),
  world('backends that share a port', { backendPort: [1, 1, 3], heartbeatTimeout: '300 ns' }),
  world('a single backend', { backendPort: [3], backendMac: ['02:00:00:00:02:03'], heartbeatTimeout: '300 ns' }),
]
