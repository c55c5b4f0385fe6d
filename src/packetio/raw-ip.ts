/** Raw IP: IPv4 datagrams to devices that are reached by the kernel's own routes, also where there is no Ethernet. */
import { InputError } from '../errors.js'
import { linkOf } from './link.js'
import { NetworkNamespace } from './namespace.js'
import { asked, codeOf, type Handle } from './native.js'
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
 * without any do (src/capture/encapsulate.ts). Refused by frame are what is no IPv4 or has a VLAN tag (EPROTONOSUPPORT),
 * and what the kernel would repair: a header checksum or total length that is wrong, a source 0.0.0.0 (EPROTO).
 *
 * @throws InputError where there is no such interface, it is down or has no address, MachineError without the privilege.
 */
export function openRawIp(name: string, options: RawIpOptions = {}): PacketPort {
  const { namespace = NetworkNamespace.present, fills = 'nothing' } = options
  const { isUp, mtu } = linkOf(namespace, name)
  if (!isUp) throw new InputError(`interface ${name} is down`, { hint: `ip link set ${name} up` })
  const longest = mtu + HEADER
  return new PacketPort(
    name,
    'raw_ip',
    'IPv4 by routes',
    { layer: 'ip', longest, longestTagged: longest, besides: 'told', times: 'arrival', fills },
    open(name, namespace, fills),
  )
}

function open(name: string, namespace: NetworkNamespace, fills: PortCapabilities['fills']): Handle {
  try {
    return asked((addon) => addon.openRawIp(name, namespace.fd, fills === 'identification'))
  } catch (error) {
    if (codeOf(error) !== 'EADDRNOTAVAIL') throw error
    const hint = `ip addr add ADDRESS/LENGTH dev ${name}: by raw IP this machine is a host there`
    throw new InputError(`interface ${name} has no IPv4 address`, { hint }, { cause: error })
  }
}
