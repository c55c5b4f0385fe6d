/**
 * Another small network function of the tests: stations are numbered, and what enters by the wan reaches them by their
 * numbers. It drops what would leave by the port that it entered, which it may only where no station is behind the wan.
 */
import type { ExecutionContext } from 'ava'

import { nfSource, sample } from '../nf/fixtures/sample.js'

const yaml = `name: numbers
spec: spec.ts
ports: { count: 2, min: 2 }
config:
  wan: { type: port, default: 1, anyConfig: any }
  capacity: { type: u32, min: 1, max: 65536, default: 1000 }
  expiration: { type: duration, min: 1ns, max: 7d, default: 300s }
`

const source = `
@external('config', 'wan') declare function wan(): i32
@external('config', 'capacity') declare function capacity(): i32
@external('config', 'expiration') declare function expiration(): i64
const found = memory.data(4, 4)
const key = memory.data(7, 4)
let stations: i32 = 0
export function nf_init(): i32 {
  if (vig.expiring_map_allocate(7, 0, capacity(), <i32>found) == 0) return 0
  stations = load<i32>(found)
  return 1
}
export function nf_process(port: i32, packet: i32, length: i32, now: i64): i32 {
  vig.expiring_map_expire(stations, now - expiration())
  if (length < 14) return -1
  if (port == wan()) {
    const slot = vig.loadMac(packet)
    if (slot >= capacity() || vig.expiring_map_used(stations, <i32>slot) == 0) return -1
    const to = <i32>load<u8>(vig.expiring_map_key(stations, <i32>slot) + 6)
    return to == port ? -1 : to
  }
  vig.storeMac(<i32>key, vig.loadMac(packet + 6))
  store<u8>(<i32>key + 6, <u8>port)
  if (vig.expiring_map_touch(stations, <i32>key, now, <i32>found) == 0) {
    if (vig.expiring_map_insert(stations, <i32>key, now, <i32>found) == 0) return -1
  }
  return wan()
}`

const spec = `
import { drop, duration, expiringMap, forward, macAddress, port, record, spec, u32 } from 'vigil-nf/spec'

const Station = record({ mac: macAddress, port })

export default spec({
  title: 'Numbered stations',
  config: { wan: port, capacity: u32, expiration: duration },
  state: ({ capacity }) => ({ stations: expiringMap(Station, capacity) }),
  process({ packet, ingress, now, config, stations }) {
    stations.expireOlderThan(now - config.expiration)
    const { ethernet } = packet
    if (!ethernet) return drop()
    if (ingress === config.wan) {
      const known = stations.keyAt(ethernet.dst)
      return known ? forward(known.port, packet) : drop()
    }
    const station = Station({ mac: ethernet.src, port: ingress })
    const slot = stations.touch(station, now) ?? stations.insert(station, now)
    return slot === undefined ? drop() : forward(config.wan, packet)
  },
})
`

/** The folder of the numbers. */
export function numbers(t: ExecutionContext): string {
  return sample(t, { 'nf.yaml': yaml, 'nf.ts': nfSource(source), 'spec.ts': spec })
}
