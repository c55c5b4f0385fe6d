/** Links of ports, as their kernel or driver tells of them. */
import { readFileSync } from 'node:fs'

import { MachineError } from '../errors.js'
import { cardOf, type DpdkPort, type LinkEnd, linkOf, offloadsOf } from '../packetio/index.js'

export interface WatchedLink {
  readonly name: string
  /** What is wrong with it, such as `has no carrier`. */
  fault(): string | undefined
  /** Frames that it has lost, besides those that a port on it counts: sent ones, and ones that arrived. */
  lost(): { readonly sent: number; readonly received: number }
  /** Of its medium, where that has a rate that is known. */
  megabits(): number | undefined
  /** What it does to frames on the way to a port. */
  does(): LinkDoes
}

export interface LinkDoes {
  /** Frames that are shorter than Ethernet's least come filled up to it, with zeros: it is no link of software. */
  readonly pads: boolean
  /** An outer VLAN tag is taken out of a frame and told beside it. */
  readonly takesTags: boolean
}

/**
 * Sending into a link that nobody is at the other end of is no error to the kernel.
 *
 * @throws MachineError where one of them is lost; by port.
 */
export function refuseLost(links: readonly WatchedLink[]): void {
  for (const [port, link] of links.entries()) {
    const fault = link.fault()
    if (fault !== undefined) throw new MachineError(`the link at port ${port} was lost: ${link.name} ${fault}`)
  }
}

/** `isCabled`: to what is not of this run. */
export function kernelLink({ namespace, name }: LinkEnd, isCabled: boolean): WatchedLink {
  return {
    name,
    fault() {
      const { isUp, hasCarrier } = linkOf(namespace, name)
      if (isUp && hasCarrier) return undefined
      return isUp ? 'has no carrier' : 'is down'
    },
    lost() {
      // What a link counts as dropped on receiving may be what its kernel has no use for.
      const { sendDropped, receiveErrors } = linkOf(namespace, name).counts
      return { sent: sendDropped, received: receiveErrors }
    },
    megabits: () => (isCabled ? speedOf(name) : undefined),
    does() {
      const isDevice = isCabled && linkOf(namespace, name).kind === ''
      return { pads: isDevice, takesTags: offloadsOf(namespace, name).includes('rx-tags') }
    },
  }
}

export function dpdkLink(port: DpdkPort): WatchedLink {
  return {
    name: port.name,
    fault: () => (port.link().isUp ? undefined : 'is down'),
    lost() {
      const { sendErrors, receiveErrors } = port.errors()
      return { sent: sendErrors, received: receiveErrors }
    },
    // Drivers of software make one up.
    megabits() {
      const { megabits } = port.link()
      return cardOf(port.name) !== undefined && megabits > 0 && megabits < UNKNOWN ? megabits : undefined
    },
    // Taking tags out is never asked of them.
    does: () => ({ pads: cardOf(port.name) !== undefined, takesTags: false }),
  }
}

/** RTE_ETH_SPEED_NUM_UNKNOWN */
const UNKNOWN = 2 ** 32 - 1

function speedOf(name: string): number | undefined {
  try {
    const speed = Number(readFileSync(`/sys/class/net/${name}/speed`, 'utf8'))
    return speed > 0 ? speed : undefined
  } catch {
    // A virtual interface has no such file, or refuses to be read.
    return undefined
  }
}
