import { cardOf } from '../packetio/index.js'
import type { Topology } from '../testbed/index.js'

/** What a topology rests on that was never tried on hardware; one line each. */
export function notExercised({ ports, device }: Pick<Topology, 'ports' | 'device'>): readonly string[] {
  const lines: string[] = []
  if (ports.kind === 'interfaces') lines.push('network cards: interfaces were tried as veth pairs only')
  if (ports.kind === 'dpdk' && ports.devices?.some(({ name }) => cardOf(name) !== undefined) === true)
    lines.push('network cards under DPDK, which was tried on devices of software only')
  if (device.kind !== 'wasm' && ports.kind !== 'veth') lines.push('a device on another machine')
  return lines
}
