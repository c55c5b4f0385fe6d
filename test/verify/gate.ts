/**
 * A small network function of the tests: stations are numbered, and what they send goes to one port, with the port's own
 * address and `base` plus the number in it. Everything that its nf.yaml has matters.
 */
import type { ExecutionContext } from 'ava'

import { nfSource, sample } from '../nf/fixtures/sample.js'

export const gateYaml = `name: gate
spec: spec.ts
ports: { count: 2, min: 2 }
config:
  wan: { type: port, default: 1, anyConfig: any }
  base: { type: u16, default: 100, anyConfig: any }
  capacity: { type: u32, min: 1, max: 65536, default: 1000, anyConfig: any }
  expiration: { type: duration, min: 1ns, max: 7d, default: 300s, anyConfig: any }
  deviceMac: { type: mac, each: port, default: 02:00:00:00:00:01, anyConfig: any }
relations:
  - base + capacity <= 65536
`

const source = nfSource(`
@external('config', 'wan') declare function wan(): i32
@external('config', 'base') declare function base(): i32
@external('config', 'capacity') declare function capacity(): i32
@external('config', 'expiration') declare function expiration(): i64
@external('config', 'deviceMac') declare function deviceMac(port: i32): i64
const found = memory.data(4, 4)
let stations: i32 = 0
export function nf_init(): i32 {
  if (vig.expiring_map_allocate(6, 0, capacity(), <i32>found) == 0) return 0
  stations = load<i32>(found)
  return 1
}
export function nf_process(port: i32, packet: i32, length: i32, now: i64): i32 {
  vig.expiring_map_expire(stations, now - expiration())
  if (length < 14) return -1
  const mac = packet + 6
  if (vig.expiring_map_touch(stations, mac, now, <i32>found) == 0) {
    if (vig.expiring_map_insert(stations, mac, now, <i32>found) == 0) return -1
  }
  vig.storeMac(mac, deviceMac(wan()))
  vig.storeMac(packet, <i64>((base() + load<i32>(found)) & 0xffff))
  return wan()
}`)

const spec = `import { drop, duration, expiringMap, forward, macAddress, perPort, port, record, spec, u16, u32 } from 'vigil-nf/spec'

const Station = record({ mac: macAddress })

export default spec({
  title: 'Numbered stations',
  config: { wan: port, base: u16, capacity: u32, expiration: duration, deviceMac: perPort(macAddress) },
  state: ({ capacity }) => ({ stations: expiringMap(Station, capacity) }),
  process({ packet, now, config, stations }) {
    stations.expireOlderThan(now - config.expiration)
    const { ethernet } = packet
    if (!ethernet) return drop()
    const station = Station({ mac: ethernet.src })
    const slot = stations.touch(station, now) ?? stations.insert(station, now)
    if (slot === undefined) return drop()
    const src = config.deviceMac.at(config.wan)
    return forward(config.wan, packet.with({ ethernet: { src, dst: config.base + slot } }))
  },
})
`

export interface Change {
  readonly find: string
  readonly replace: string
}

/** The folder of the gate, with a change of its source, its specification or its nf.yaml. */
export function gate(
  t: ExecutionContext,
  change: { readonly source?: Change; readonly spec?: Change; readonly yaml?: readonly Change[] } = {},
): string {
  return sample(t, {
    'nf.yaml': (change.yaml ?? []).reduce(changed, gateYaml),
    'nf.ts': changed(source, change.source),
    'spec.ts': changed(spec, change.spec),
  })
}

function changed(text: string, change: Change | undefined): string {
  if (change === undefined) return text
  const parts = text.split(change.find)
  if (parts.length !== 2) throw new Error(`'${change.find}' occurs ${parts.length - 1} times`)
  return parts.join(change.replace)
}
