/** In virtual time nobody asks for MAC addresses: those of a device that hosts send to as a router are its configuration's. */
import { macsOf } from '../nf/index.js'
import { writeU48 } from '../packet/bytes.js'
import type { Layers } from '../packet/layers.js'
import type { End } from '../testbed/index.js'
import type { Loaded } from './load.js'

/** By input, 48 bits: where the host there has a gateway, the `deviceMac` of the port that it is linked to. */
export function gatewaysOf({ topology, nodes }: Loaded): readonly (number | undefined)[] {
  const { hosts, links, inputs } = topology
  return inputs.map(({ at }) => {
    const ends: readonly End[] = links.find((link) => link.ends.some((end) => isSame(end, at)))?.ends ?? []
    const host = ends.find((end) => end.kind === 'host')
    const port = ends.find((end) => end.kind === 'port')
    if (host === undefined || port === undefined || hosts[host.host]?.gateway === undefined) return undefined
    const nf = nodes[port.node]?.nf
    return nf && macsOf(nf.config, 'deviceMac')?.[port.port]
  })
}

/** What is for a group is for all, and stays so. */
export function addressTo(gateway: number, { bytes, start, end }: Layers): void {
  if (end - start >= 6 && ((bytes[start] ?? 0) & 1) === 0) writeU48(bytes, start, gateway)
}

function isSame(a: End, b: End): boolean {
  if (a.kind === 'port') return b.kind === 'port' && a.node === b.node && a.port === b.port
  return b.kind === 'host' && a.host === b.host
}
