/** A NAT with few external ports, and the traffic that makes the most of it. */
import type { World } from '../traffic.js'

export const WAN = 0
export const EXTERNAL = '198.51.100.1'
export const config = { wan: WAN, externalIp: EXTERNAL, startPort: 1024, maxFlows: 4, expiration: '1000ns' }

export const world: World = {
  ports: 4,
  wan: WAN,
  expiration: 1000,
  versions: [4, 4, 4, 4, 4, 4, 4, 6],
  inboundTo: { address: EXTERNAL, firstPort: 1024, portCount: 4 },
}
