/** The MAC addresses of a device that is sent to as a router: asked for before the first frame, as hosts do. */
import { MachineError } from '../errors.js'
import { formatIpv4 } from '../packet/address.js'
import { Burst, type PacketPort, waitForFrames } from '../packetio/index.js'
import type { Topology, TopologyHost } from '../testbed/index.js'
import { arpAnswer, arpRequest } from './answers.js'
import type { Entries } from './entries.js'

/** How often, and each time for how many milliseconds, an answer is waited for. */
const TRIES = 5
const PATIENCE = 200

/**
 * By port of the device, 48 bits; undefined where no host has a gateway.
 *
 * @throws MachineError where none answers.
 */
export function resolveGateways(
  { hosts, file }: Topology,
  entries: Entries,
  ports: readonly PacketPort[],
): readonly (number | undefined)[] {
  const found: (number | undefined)[] = []
  for (const [i, host] of hosts.entries()) {
    const at = entries.hosts[i]
    const port = at === undefined ? undefined : ports[at]
    if (host.gateway === undefined || at === undefined || port === undefined) continue
    const mac = resolve(port, host, host.gateway)
    if (mac === undefined) {
      throw new MachineError(`no device answers for the gateway ${formatIpv4(host.gateway)} of '${host.name}'`, {
        file,
        line: host.line,
      })
    }
    found[at] = mac
  }
  return found
}

function resolve(port: PacketPort, { mac, ip }: TopologyHost, gateway: number): number | undefined {
  const question = arpRequest(mac, ip, gateway)
  const burst = new Burst(64, 2048)
  for (let tries = 0; tries < TRIES; tries++) {
    burst.bytes.set(question, burst.start(0))
    burst.set(0, burst.start(0), question.length)
    port.send(burst, 0, 1)
    const until = performance.now() + PATIENCE
    while (performance.now() < until) {
      waitForFrames([port], 10)
      const count = port.receive(burst)
      for (let i = 0; i < count; i++) {
        const answer = arpAnswer(burst.bytes, burst.start(i), burst.length(i), gateway)
        if (answer !== undefined) return answer
      }
    }
  }
  return undefined
}
