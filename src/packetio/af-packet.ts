/** AF_PACKET: the interfaces of Linux, by sockets of the kernel. */
import { InputError } from '../errors.js'
import { linkOf } from './link.js'
import { NetworkNamespace } from './namespace.js'
import { asked } from './native.js'
import { PacketPort } from './port.js'

export interface AfPacketOptions {
  /** Where the interface is. Default: where this process is. */
  readonly namespace?: NetworkNamespace
  /** Bytes of the receive ring. Default: 16 MB, 8,192 frames of a usual link; 64 MB, 4,096 of one with jumbo frames. */
  readonly ringBytes?: number
  /** Ports with the same number share what arrives, by flow. */
  readonly fanout?: number
  /** Whether frames to other MAC addresses are received. Default: they are. */
  readonly promiscuous?: boolean
  /** How frames are sent: from a ring that is shared with the kernel (a fifth faster), or a call for each batch. */
  readonly transmit?: 'ring' | 'sendmmsg'
}

/** Of the transmit ring: 512 frames of up to 2,000 bytes. */
const TRANSMIT_BYTES = 1 << 20

const USUAL_MTU = 1500

/** Ethernet's addresses and type, and one VLAN tag. */
const HEADER = 14
const TAG = 4

/** @throws InputError where there is no such interface or it is down, MachineError without the privilege. */
export function openAfPacket(name: string, options: AfPacketOptions = {}): PacketPort {
  const {
    namespace = NetworkNamespace.present,
    ringBytes,
    fanout = -1,
    promiscuous = true,
    transmit = 'ring',
  } = options
  const { isUp, mtu } = linkOf(namespace, name)
  // The kernel would open it, and then nothing ever comes.
  if (!isUp) throw new InputError(`interface ${name} is down`, { hint: `ip link set ${name} up` })
  const handle = asked((addon) =>
    addon.openAfPacket(
      name,
      namespace.fd,
      ringBytes ?? ringBytesFor(mtu),
      fanout,
      promiscuous,
      transmit === 'ring' ? TRANSMIT_BYTES : 0,
    ),
  )
  const longest = mtu + HEADER
  return new PacketPort(
    name,
    'af_packet',
    transmit,
    {
      layer: 'ethernet',
      versions: [4, 6],
      longest,
      longestTagged: longest + TAG,
      besides: 'told',
      times: 'arrival',
      fills: 'nothing',
    },
    handle,
  )
}

function ringBytesFor(mtu: number): number {
  return mtu > USUAL_MTU ? 64 << 20 : 16 << 20
}
