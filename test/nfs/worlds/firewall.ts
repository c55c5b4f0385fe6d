/** A firewall with room for few flows, and the traffic that makes the most of it. */
import type { World } from '../traffic.js'

export const WAN = 1
export const config = { wan: WAN, maxFlows: 4, expiration: '1000ns' }

export const world: World = { ports: 4, wan: WAN, expiration: 1000, versions: [4, 6] }
