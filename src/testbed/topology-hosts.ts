/** The part `hosts` of a topology file. */
import { parseMac } from '../packet/address.js'
import type { Emission, TopologyHost } from './topology.js'
import type { EmissionFile, HostFile } from './topology-form.js'
import type { Path, Places } from './topology-places.js'

const broadcastMac = 0xffff_ffff_ffff
const broadcastIp = 0xffff_ffff
const heartbeatPort = 3781

/** @throws InputError with the line of what is wrong. */
export function hostsOf(files: Readonly<Record<string, HostFile>>, places: Places): readonly TopologyHost[] {
  return Object.entries(files).map(([name, file], i) => hostOf(name, file, i, places))
}

function hostOf(name: string, host: HostFile, index: number, places: Places): TopologyHost {
  const at: Path = ['hosts', name]
  const { ip6, gateway6 } = host
  if ((ip6 === undefined) !== (gateway6 === undefined)) {
    throw places.error([...at, ip6 === undefined ? 'gateway6' : 'ip6'], "'ip6' and 'gateway6' go together")
  }
  return {
    name,
    // Locally administered and different for each host, where the file says nothing.
    mac: host.mac === undefined ? 0x0200_0000_f000 + index : macOf(host.mac),
    ip: host.ip === undefined ? 0xc000_0201 + index : places.ip(host.ip, [...at, 'ip']),
    answers: (host.answers ?? []).map((text, i) => places.network(text, [...at, 'answers', i])),
    ...(host.gateway === undefined ? {} : { gateway: places.ip(host.gateway, [...at, 'gateway']) }),
    ...(ip6 === undefined || gateway6 === undefined
      ? {}
      : { version6: { ip: places.ip6(ip6, [...at, 'ip6']), gateway: places.ip6(gateway6, [...at, 'gateway6']) } }),
    emits: (host.emits ?? []).map((one, i) => emissionOf(one, [...at, 'emits', i], places)),
    line: places.line(at),
  }
}

function emissionOf(one: EmissionFile, at: Path, places: Places): Emission {
  const every = places.duration(one.every, [...at, 'every'])
  if (every === 0n) throw places.error([...at, 'every'], 'a period must be above 0')
  return {
    kind: one.kind,
    every,
    port: one.port ?? heartbeatPort,
    toMac: one.toMac === undefined ? broadcastMac : macOf(one.toMac),
    toIp: one.toIp === undefined ? broadcastIp : places.ip(one.toIp, [...at, 'toIp']),
  }
}

/** The schema has checked the form. */
function macOf(text: string): number {
  return parseMac(text) ?? 0
}
