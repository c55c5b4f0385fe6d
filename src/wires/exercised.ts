import { cardOf } from '../packetio/index.js'
import type { Topology } from '../testbed/index.js'

/** What a topology rests on that was never tried on hardware; one line each. */
export function notExercised({ ports, device }: Pick<Topology, 'ports' | 'device'>): readonly string[] {
  const hasCards = ports.kind === 'dpdk' && ports.devices?.some(({ name }) => cardOf(name) !== undefined) === true
  const isCabled = ports.kind === 'interfaces' || hasCards
  return [
    ...(ports.kind === 'interfaces' ? ['network cards: interfaces were tried as veth pairs only'] : []),
    ...(hasCards ? ['network cards under DPDK, which was tried on devices of software and emulated cards'] : []),
    ...(isCabled && device.kind !== 'wasm' ? ['a device on another machine'] : []),
  ]
}
