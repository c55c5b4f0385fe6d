/** Links of a topology between the hosts and ports of the one device that is under test on real ports. */
import { InputError } from '../errors.js'
import type { Topology } from '../testbed/index.js'
import type { AnsweringHost } from './answers.js'

/** @throws InputError for a link that only a simulator can make worse than it is. */
export function refuseImpaired({ links, file }: Topology): void {
  for (const { line, delay, jitter, loss, reorder } of links) {
    if (delay === 0n && jitter === 0n && loss === 0 && reorder === 0) continue
    throw new InputError('a real link is as it is', { file, line, hint: 'leave out delay, jitter, loss and reorder' })
  }
}

/** By port of the device, the host there that answers by itself, if any. */
export function answeringHosts(topology: Topology): readonly (AnsweringHost | undefined)[] {
  const found: (AnsweringHost | undefined)[] = []
  for (const [i, port] of portsOfHosts(topology).entries()) {
    const host = topology.hosts[i]
    if (port !== undefined && host !== undefined && host.answers.length > 0) found[port] ??= host
  }
  return found
}

/** The device's port that each host is linked to; undefined for those without a link. */
export function portsOfHosts({ hosts, links }: Topology): readonly (number | undefined)[] {
  return hosts.map((_, host) => {
    const link = links.find(({ ends }) => ends.some((end) => end.kind === 'host' && end.host === host))
    const port = link?.ends.find((end) => end.kind === 'port')
    return port?.kind === 'port' ? port.port : undefined
  })
}
