/** What real ports need: shown by a frame that goes from one to another, in namespaces that are gone afterwards. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

import { buildFrame } from '../packet/build.js'
import {
  addonFile,
  afXdpFile,
  Burst,
  createVeth,
  giveAddress,
  type LinkEnd,
  NetworkNamespace,
  openPort,
  type PacketPort,
  waitForFrames,
} from '../packetio/index.js'
import { absent, type Finding, missing, ok, reason, type Section, section } from './check.js'

const TITLE = 'Real ports (run, replay and stress)'
/** Between hosts of this machine's own (RFC 5737 section 3); 60 bytes, the least that Ethernet carries. */
const HOSTS = [0xc000_0201, 0xc000_0202] as const
const DATAGRAM = {
  ethernet: { dst: '02:00:00:00:00:01' },
  udp: { srcPort: 9, dstPort: 9 },
  payload: new Uint8Array(18),
}
const FRAME = buildFrame({ ...DATAGRAM, ipv4: { src: HOSTS[0], dst: HOSTS[1], identification: 1 } })
/** The same of IPv6 (RFC 3849). */
const HOSTS_6 = [(0x2001_0db8n << 96n) + 1n, (0x2001_0db8n << 96n) + 2n] as const
const FRAME_6 = buildFrame({ ...DATAGRAM, ipv6: { src: HOSTS_6[0], dst: HOSTS_6[1] } })
const ETHERNET = 14
const LONGEST = 1514
/** Milliseconds. */
const PATIENCE = 4000

export function ports(): Section {
  if (process.platform !== 'linux') return section(TITLE, [missing('Linux', process.platform, 'ports are Linux only')])
  if (!existsSync(addonFile)) {
    const hint = 'Debian: apt install gcc libc6-dev, then npm run build'
    return section(TITLE, [missing('addon', 'not built', hint), userNamespaces()])
  }
  return section(TITLE, [
    ok('addon', 'built'),
    frameOnWire(),
    rawIp(),
    afXdp(),
    userNamespaces(),
    vlanFiltering(),
    hardware(),
  ])
}

function frameOnWire(): Finding {
  const name = 'veth pair'
  try {
    return carryingMode('af_packet') === undefined
      ? missing(name, 'a frame that was sent did not arrive', 'please report it, with the kernel that uname -r tells')
      : ok(name, 'carries a frame from one namespace to another')
  } catch (error) {
    return missing(name, reason(error), 'run vigil as root')
  }
}

function rawIp(): Finding {
  const name = 'raw IP'
  const hint = 'optional, for devices that are reached through IP only; it needs root'
  try {
    if (carryingMode('raw_ip') === undefined) return absent(name, 'a datagram that was sent did not arrive', hint)
    const version6 = existsSync('/proc/net/if_inet6')
      ? carriesVersion6()
        ? 'datagrams of IPv4 and IPv6'
        : 'a datagram of IPv4, and none of IPv6,'
      : 'a datagram of IPv4 (this kernel has no IPv6)'
    return ok(name, `carries ${version6} from one namespace to another`)
  } catch (error) {
    return absent(name, reason(error), hint)
  }
}

function afXdp(): Finding {
  const name = 'AF_XDP'
  const hint = 'optional, af_packet does without; it needs root and a kernel that has it'
  if (!existsSync(afXdpFile)) {
    return absent(name, 'not built', 'optional; Debian: apt install libxdp-dev pkg-config, then npm run build')
  }
  try {
    const mode = carryingMode('af_xdp')
    return mode === undefined
      ? absent(name, 'a frame that was sent did not arrive', hint)
      : ok(name, `carries a frame over a veth pair (${mode})`)
  } catch (error) {
    return absent(name, reason(error), hint)
  }
}

/** Only a bridge that is asked for it says whether the kernel has it. */
function vlanFiltering(): Finding {
  const name = 'VLANs of bridges'
  const hint =
    'optional, for topology bridge-vlan-linux; it needs root and a kernel with CONFIG_BRIDGE_VLAN_FILTERING, as Debian has'
  try {
    const namespace = NetworkNamespace.create()
    try {
      const bridge = ['ip', 'link', 'add', 'bridge', 'type', 'bridge', 'vlan_filtering', '1']
      const { status, stderr, error } = spawnSync('nsenter', [`--net=${namespace.path}`, ...bridge], {
        encoding: 'utf8',
      })
      if (status === 0) return ok(name, 'the bridge of the kernel filters by VLAN')
      return absent(name, error?.message ?? stderr.trim(), hint)
    } finally {
      namespace.close()
    }
  } catch (error) {
    return absent(name, reason(error), hint)
  }
}

function carriesVersion6(): boolean {
  return carryingMode('raw_ip', HOSTS_6, FRAME_6) !== undefined
}

type Ends = readonly [number, number] | readonly [bigint, bigint]

/** The mode of a port of this back-end that has received a frame, if it has. */
function carryingMode(backend: string, hosts: Ends = HOSTS, frame = FRAME): string | undefined {
  const one = { name: 'a', namespace: NetworkNamespace.create() }
  try {
    const other = { name: 'b', namespace: NetworkNamespace.create() }
    try {
      createVeth(one, other)
      giveAddress<number | bigint>(one, hosts[0], hosts[1])
      giveAddress<number | bigint>(other, hosts[1], hosts[0])
      return modeBetween(one, other, backend, frame)
    } finally {
      other.namespace.close()
    }
  } finally {
    one.namespace.close()
  }
}

function modeBetween(one: LinkEnd, other: LinkEnd, backend: string, frame: Uint8Array): string | undefined {
  const from = openPort(backend, one.name, one)
  try {
    const to = openPort(backend, other.name, other)
    try {
      const sent = new Burst(1, frame.length)
      sent.bytes.set(frame)
      sent.set(0, 0, frame.length)
      return from.send(sent, 0, 1) === 1 && arrives(to, frame) ? to.mode : undefined
    } finally {
      to.close()
    }
  } finally {
    from.close()
  }
}

/**
 * Kernels that look for a neighbour first are seen doing so, and ask again after a second where nobody has answered
 * (RFC 4861 section 10).
 */
function arrives(to: PacketPort, frame: Uint8Array): boolean {
  const seen = new Burst(1, LONGEST)
  for (const until = performance.now() + PATIENCE; performance.now() < until; ) {
    if (waitForFrames([to], Math.ceil(until - performance.now())) === 0) continue
    while (to.receive(seen) === 1) if (isSame(seen.frame(0), frame)) return true
  }
  return false
}

/** But for the Ethernet header, which raw IP makes up. */
function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one.subarray(ETHERNET), other.subarray(ETHERNET)) === 0
}

function hardware(): Finding {
  const hint = 'what rests on them is not exercised on hardware, and results say so'
  return absent(
    'hardware',
    'only veth pairs and devices of software were tried, no network cards and no two machines',
    hint,
  )
}

/** Namespaces without root: a user namespace in which one is root. */
function userNamespaces(): Finding {
  const name = 'user namespaces'
  const { status, error } = spawnSync('unshare', ['--user', '--map-root-user', '--net', 'true'], { stdio: 'ignore' })
  if (status === 0) return ok(name, 'an unprivileged user may make network namespaces')
  const seen = error === undefined ? 'refused' : 'there is no program unshare'
  return absent(name, seen, 'sysctl kernel.unprivileged_userns_clone and user.max_user_namespaces say why')
}
