/** Ports by the name of their back-end. */
import { InputError } from '../errors.js'
import { openAfPacket } from './af-packet.js'
import { openAfXdp } from './af-xdp.js'
import type { NetworkNamespace } from './namespace.js'
import type { PacketPort, PortCapabilities } from './port.js'
import { openRawIp } from './raw-ip.js'

/** What every back-end understands; each has defaults for all else. */
export interface PortOptions {
  /** Where the interface is. Default: where this process is. */
  readonly namespace?: NetworkNamespace
  /** What the port may write into frames, where its back-end has to. Default: nothing; such frames are refused. */
  readonly fills?: PortCapabilities['fills']
}

const openers: ReadonlyMap<string, (name: string, options: PortOptions) => PacketPort> = new Map([
  ['af_packet', openAfPacket],
  ['af_xdp', openAfXdp],
  ['raw_ip', openRawIp],
])

export const backends: readonly string[] = [...openers.keys()]

/** @throws InputError where there is no such back-end, and what the back-end throws. */
export function openPort(backend: string, name: string, options: PortOptions = {}): PacketPort {
  const open = openers.get(backend)
  if (open === undefined) {
    throw new InputError(`there is no back-end ${backend}`, { hint: `there are ${backends.join(', ')}` })
  }
  return open(name, options)
}
