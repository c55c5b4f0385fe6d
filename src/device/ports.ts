import type { PacketPort, PortCounts } from '../packetio/index.js'

export interface PortReport extends PortCounts {
  readonly port: number
  readonly interface: string
  readonly backend: string
}

/** What ports have counted; port i of the device is `ports[i]`. */
export function reportPorts(ports: readonly PacketPort[]): PortReport[] {
  return ports.map((port, i) => ({ port: i, interface: port.name, backend: port.backend, ...port.counts() }))
}
