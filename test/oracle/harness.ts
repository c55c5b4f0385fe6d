/** Devices and specifications small enough to see through, for the oracle's own tests. */
import { type Judgement, Oracle } from '../../src/oracle/index.js'
import { buildFrame } from '../../src/packet/build.js'
import { drop, expiringMap, flood, forward, ipv4Address, port, record, spec } from '../../src/spec/index.js'
import { asSpec } from '../../src/spec/spec.js'
import type { SpecValue } from '../../src/spec/values.js'

export interface Sent {
  readonly egress: number
  readonly frame: Uint8Array
}

/** An oracle for a specification written in the test, and a way to judge whole frames. */
export class Bench {
  readonly oracle: Oracle
  now = 1_000n

  constructor(definition: object, values: Readonly<Record<string, SpecValue>> = {}, portCount = 2, watched = false) {
    const spec = asSpec(definition)
    if (spec === undefined) throw new Error('not a specification')
    const config = { values: new Map(Object.entries(values)), portCount }
    this.oracle = new Oracle({ nf: 'test', instance: 'test', spec: { spec, file: 'test.ts' }, config, watched })
  }

  /** Judges `input` entering `ingress` and `output` leaving; no output is a drop. */
  judge(ingress: number, input: Uint8Array, output?: Sent): Judgement {
    const { egress, frame } = output ?? { egress: 0, frame: input }
    return this.oracle.judge(ingress, this.now, input, 0, input.length, egress, frame, 0, frame.length)
  }
}

export interface Endpoint {
  readonly ip: string
  readonly port: number
}

export function udp(
  src: Endpoint,
  dst: Endpoint,
  parts: { readonly ttl?: number; readonly checksum?: number } = {},
): Uint8Array {
  const { ttl = 64, checksum } = parts
  return buildFrame({
    ipv4: { src: src.ip, dst: dst.ip, ttl },
    udp: { srcPort: src.port, dstPort: dst.port, ...(checksum === undefined ? {} : { checksum }) },
    payload: 'payload',
  })
}

export const Address = record({ ip: ipv4Address })
const Location = record({ port })

/** A bridge of IPv4 addresses; where a lifetime is given, in nanoseconds, it forgets who was silent for as long. */
export function bridgeByAddress(capacity: number, lifetime?: bigint): object {
  return spec({
    title: 'bridge by address',
    config: {},
    state: () => ({ stations: expiringMap(Address, capacity, Location) }),
    process({ packet, ingress, now, stations }) {
      if (lifetime !== undefined) stations.expireOlderThan(now - lifetime)
      const { ipv4 } = packet
      if (!ipv4) return drop()
      const station = Address({ ip: ipv4.src })
      const slot = stations.touch(station, now) ?? stations.insert(station, now, Location({ port: ingress }))
      if (slot !== undefined) stations.setValue(slot, Location({ port: ingress }))
      const known = stations.get(Address({ ip: ipv4.dst }))
      if (known === undefined) return flood(packet)
      const to = stations.valueAt(known).port
      return to === ingress ? drop() : forward(to, packet)
    },
  })
}

/** From one station of it to another. */
export function between(from: number, to: number): Uint8Array {
  return udp({ ip: `10.0.0.${from}`, port: 1 }, { ip: `10.0.0.${to}`, port: 1 })
}
