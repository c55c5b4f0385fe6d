/** Raw IP: datagrams to devices that are reached by the kernel's own routes, also where there is no Ethernet. */
import { InputError } from '../errors.js'
import { linkOf } from './link.js'
import { NetworkNamespace } from './namespace.js'
import { asked, codeOf } from './native.js'
import { PacketPort, type PortCapabilities } from './port.js'

export interface RawIpOptions {
  /** Where the interface is. Default: where this process is. */
  readonly namespace?: NetworkNamespace
  /**
   * What becomes of a datagram without an identification that may be fragmented, for which the kernel makes one up (raw(7)):
   * it is sent so, or refused. Default: refused.
   */
  readonly fills?: PortCapabilities['fills']
}

const HEADER = 14

/**
 * Frames lose their Ethernet header, and those that arrive get one from 02:00:00:00:00:02 to 02:00:00:00:00:01, as captures
 * without any do (src/capture/encapsulate.ts). Carried are the versions of IP of which the interface has an address, for IPv6
 * one that is not link-local. Refused by frame are what is no datagram or has a VLAN tag (EPROTONOSUPPORT), a version that is
 * not carried (EAFNOSUPPORT), what the kernel would repair: an IPv4 header checksum or total length that is wrong, a source
 * 0.0.0.0; bytes behind a datagram (EPROTO), and what it would keep: for the interface's own addresses, or for a group of
 * IPv6 that does not leave its interface (EADDRNOTAVAIL), and what is for one host in a frame for a group (EDESTADDRREQ).
 *
 * @throws InputError where there is no such interface, it is down or has no address, MachineError without the privilege.
 */
export function openRawIp(name: string, options: RawIpOptions = {}): PacketPort {
  const { namespace = NetworkNamespace.present, fills = 'nothing' } = options
  const { isUp, mtu } = linkOf(namespace, name)
  if (!isUp) throw new InputError(`interface ${name} is down`, { hint: `ip link set ${name} up` })
  const longest = mtu + HEADER
  const versions = versionsBy(name, namespace)
  return new PacketPort(
    name,
    'raw_ip',
    `${versions.map((version) => `IPv${version}`).join(' and ')} by routes`,
    { layer: 'ip', versions, longest, longestTagged: longest, besides: 'told', times: 'arrival', fills },
    asked((addon) => addon.openRawIp(name, namespace.fd, fills === 'identification')),
  )
}

/** Those of which the interface has an address. */
function versionsBy(name: string, namespace: NetworkNamespace): readonly (4 | 6)[] {
  try {
    const bits = asked((addon) => addon.ipVersions(namespace.fd, name))
    return ([4, 6] as const).filter((_, i) => ((bits >> i) & 1) === 1)
  } catch (error) {
    if (codeOf(error) !== 'EADDRNOTAVAIL') throw error
    const hint = `ip addr add ADDRESS/LENGTH dev ${name}: by raw IP this machine is a host there`
    throw new InputError(`interface ${name} has no address but link-local ones`, { hint }, { cause: error })
  }
}
