/** The wires of a topology from the side that tests: its ports, and those that are for the device. */
import { InputError } from '../errors.js'
import type { DescribedNf } from '../nf/index.js'
import {
  createVeth,
  type LentPort,
  type LinkEnd,
  lendPort,
  NetworkNamespace,
  type PacketPort,
  type PortOptions,
} from '../packetio/index.js'
import { carriesIpOnly, type Topology, type TopologyPorts } from '../testbed/index.js'
import { openDevices, openRings, untilUp } from './dpdk.js'
import { inPortOrder, openInterfaces } from './interfaces.js'
import { beHost, beHosts } from './ip-hosts.js'
import { createPairs, openEnds } from './veth.js'
import { dpdkLink, kernelLink, type WatchedLink } from './watched-link.js'

/** What a device is given for ports: interfaces in a namespace, or ports that are opened already. */
export interface DeviceSide {
  readonly namespace: NetworkNamespace
  /** In order; of a device that is not on this machine none. */
  readonly interfaces: readonly LinkEnd[]
  readonly lent: readonly LentPort[]
}

export interface TesterSide {
  readonly ports: readonly PacketPort[]
  /** Of these. */
  readonly links: readonly WatchedLink[]
  readonly device: DeviceSide
  /** Of the device, where the kernel of this machine has them. */
  readonly deviceLinks: readonly WatchedLink[]
  /** After the device has ended. */
  close(): void
}

/** `options` are those of its ports. @throws VigilError for what is wrong with topology or machine; nothing is left then. */
export async function openTesterSide(
  topology: Topology,
  nf: DescribedNf,
  options: Pick<PortOptions, 'fills'> = {},
): Promise<TesterSide> {
  const { ports, file } = topology
  const { portCount } = nf.config
  switch (ports.kind) {
    case 'veth':
      return pairs(topology, nf, ports, options)
    case 'interfaces': {
      refuseOwn(topology, 'interfaces')
      const named = inPortOrder(topology, portCount, ports.interfaces, 'interfaces')
      const opened = await openInterfaces(file, named, ports, options)
      const links = named.map(({ name }) => kernelLink({ namespace: NetworkNamespace.present, name }, true))
      return { ...opened, links, device: elsewhere, deviceLinks: [] }
    }
    case 'dpdk': {
      if (ports.devices === undefined) return rings(file, portCount, ports)
      refuseOwn(topology, 'devices')
      const named = inPortOrder(topology, portCount, ports.devices, 'devices')
      const opened = await openDevices(file, named, ports)
      try {
        await untilUp(file, named, opened.ports)
      } catch (error) {
        opened.close()
        throw error
      }
      return { ...opened, links: opened.ports.map(dpdkLink), device: elsewhere, deviceLinks: [] }
    }
    case 'sim':
    case 'pcap':
      throw new Error(`ports of kind ${ports.kind} have no wires`)
  }
}

/** What a network function has for its own ports cannot be the tester's too. */
export function refuseOwn({ ports, device, file }: Topology, what: 'interfaces' | 'devices'): void {
  if (ports.kind === 'sim' || device.kind !== 'wasm') return
  throw new InputError(`these ${what} are those of the network function itself`, {
    file,
    line: ports.line,
    hint: 'device: { kind: external } says that what is under test is cabled to them',
  })
}

/** What is not of this machine, or finds its way by itself. */
export const elsewhere: DeviceSide = { namespace: NetworkNamespace.present, interfaces: [], lent: [] }

function pairs(
  topology: Topology,
  { config }: DescribedNf,
  { backend, mtu }: Extract<TopologyPorts, { kind: 'veth' }>,
  options: Pick<PortOptions, 'fills'>,
): TesterSide {
  const made = createPairs(config, mtu)
  try {
    const isIp = carriesIpOnly(topology)
    if (isIp) beHosts(topology, made.testers)
    // Other back-ends than this are the device's.
    const ports = openEnds(made.testers, isIp ? backend : 'af_packet', options)
    return {
      ports,
      links: made.testers.map((end) => kernelLink(end, false)),
      device: { namespace: made.namespace, interfaces: made.devices, lent: [] },
      deviceLinks: made.devices.map((end) => kernelLink(end, false)),
      close(): void {
        for (const port of ports) port.close()
        made.close()
      },
    }
  } catch (error) {
    made.close()
    throw error
  }
}

function rings(file: string, count: number, ports: Extract<TopologyPorts, { kind: 'dpdk' }>): TesterSide {
  const { testers, devices, close } = openRings(file, count, ports)
  const device = { ...elsewhere, lent: devices.map(lendPort) }
  return { ports: testers, links: testers.map(dpdkLink), device, deviceLinks: [], close }
}

/** Ethernet's addresses and type, and the check sequence; and the packets that every link carries. */
const AROUND_PACKET = 18
const USUAL_MTU = 1500
/** Of the ends of a wire between hosts (RFC 5737 section 3). */
const WIRE_HOSTS = [0xc000_0201, 0xc000_0202] as const
/** The same (RFC 3849). */
const WIRE_HOSTS_6 = [(0x2001_0db8n << 96n) + 1n, (0x2001_0db8n << 96n) + 2n] as const

/**
 * Two ports at the ends of one wire of the tester's own, as it has them in this topology; frames are up to `size` bytes
 * with their check sequence.
 */
export function openOwnWire(topology: Topology, size: number): TesterSide {
  const { ports, file } = topology
  const mtu = Math.max(USUAL_MTU, size - AROUND_PACKET)
  if (ports.kind === 'dpdk') return crossed(openRings(file, 1, { ...ports, mtu: Math.max(mtu, ports.mtu) }))
  const [here, there] = [NetworkNamespace.create(), NetworkNamespace.create()]
  const close = (): void => {
    for (const each of [here, there]) each.close()
  }
  try {
    const ends: readonly [LinkEnd, LinkEnd] = [
      { namespace: here, name: 'left' },
      { namespace: there, name: 'right' },
    ]
    createVeth(...ends, mtu)
    const [one, other] = WIRE_HOSTS
    const [one6, other6] = WIRE_HOSTS_6
    const isIp = carriesIpOnly(topology)
    if (isIp) {
      beHost(ends[0], { ip: one, gateway: other, version6: { ip: one6, gateway: other6 } })
      beHost(ends[1], { ip: other, gateway: one, version6: { ip: other6, gateway: one6 } })
    }
    // On pairs, other back-ends that are named are the device's.
    const backend = ports.kind === 'interfaces' ? ports.backend : isIp ? 'raw_ip' : 'af_packet'
    const opened = openEnds(ends, backend, { fills: 'identification' })
    return {
      ports: opened,
      links: ends.map((end) => kernelLink(end, false)),
      device: elsewhere,
      deviceLinks: [],
      close(): void {
        for (const port of opened) port.close()
        close()
      },
    }
  } catch (error) {
    close()
    throw error
  }
}

function crossed({ devices, testers, close }: ReturnType<typeof openRings>): TesterSide {
  const ports = [...devices, ...testers]
  return { ports, links: ports.map(dpdkLink), device: elsewhere, deviceLinks: [], close }
}
