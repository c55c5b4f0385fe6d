/** Ports: what all back-ends have in common. */
import type { Burst } from './burst.js'
import { asked, type Handle, type NativeCounts, native } from './native.js'

/** What a port does with frames, besides carrying them. */
export interface PortCapabilities {
  /**
   * Whole Ethernet frames; or datagrams that the machine's own stack routes: without MAC addresses, VLAN tags or padding,
   * and none that it would repair or keep on the way.
   */
  readonly layer: 'ethernet' | 'ip'
  /** The versions of IP that it carries: within Ethernet frames, both. */
  readonly versions: readonly (4 | 6)[]
  /** Bytes of the longest frame, without the frame check sequence. */
  readonly longest: number
  /** The same of one whose first tag is of 802.1Q; all its tags count. */
  readonly longestTagged: number
  /** What the kernel has beside a received frame, a tag that was taken out or a checksum left open: told, or lost. */
  readonly besides: 'told' | 'lost'
  /** What `Burst.time` is: when the kernel saw a frame, or when it was read from the port. */
  readonly times: 'arrival' | 'reading'
  /** What is written into frames on the way: nothing, or an identification into IPv4 datagrams that have none and may be fragmented. */
  readonly fills: 'nothing' | 'identification'
}

export type PortCounts = NativeCounts

/** Bursts of frames go in and out; nothing blocks but `waitForFrames` and `waitForRoom`. */
export class PacketPort {
  /** The interface. */
  readonly name: string
  readonly backend: string
  /** In which of its ways the back-end works here: `copy, driver XDP`. */
  readonly mode: string
  readonly capabilities: PortCapabilities
  readonly handle: Handle

  constructor(name: string, backend: string, mode: string, capabilities: PortCapabilities, handle: Handle) {
    this.name = name
    this.backend = backend
    this.mode = mode
    this.capabilities = capabilities
    this.handle = handle
  }

  /** Fills up to `count` frames of the burst from `first` on. @returns How many there were. */
  receive(burst: Burst, first = 0, count = burst.capacity - first): number {
    return asked((addon) => addon.receive(this.handle, burst.arena, burst.frames, first, count))
  }

  /** @returns How many were taken, from `first` on: fewer than `count` where the queue is full. */
  send(burst: Burst, first: number, count: number): number {
    return asked((addon) => addon.send(this.handle, burst.arena, burst.frames, first, count))
  }

  /** Since it was opened. */
  counts(): PortCounts {
    return asked((addon) => addon.counts(this.handle))
  }

  close(): void {
    native().close(this.handle)
  }
}

/** What the error code of a port says of a frame that it did not take, as a cause. */
const UNTAKEN = new Map([
  ['EINVAL', 'shorter than an Ethernet header, which a port does not send'],
  ['EMSGSIZE', 'longer than a port sends'],
  ['EPROTONOSUPPORT', 'not expressible by raw IP: no IP datagram, or one with a VLAN tag'],
  ['EAFNOSUPPORT', 'not expressible by raw IP: of a version of IP of which its interface has no address'],
  ['EADDRNOTAVAIL', 'not expressible by raw IP: for an address that the kernel keeps to itself'],
  ['EDESTADDRREQ', 'not expressible by raw IP: a datagram for one host in a frame for a group'],
  ['ENETUNREACH', 'not expressible by raw IP: this machine has no route there'],
  ['ENOBUFS', 'not taken by its port: its queue stays full'],
  ['EPROTO', 'not expressible by raw IP: an IPv4 header that the kernel would repair, or bytes behind a datagram'],
])

export function untaken(code: string): string {
  return UNTAKEN.get(code) ?? `not taken by its port: ${code}`
}

/** An open port as another thread is told of it: data that may be sent there. */
export interface LentPort extends Pick<PacketPort, 'name' | 'backend' | 'mode' | 'capabilities'> {
  readonly lease: number
}

/** Offers a port to another thread of this process. While that uses it, it can be neither used nor closed here. */
export function lendPort({ name, backend, mode, capabilities, handle }: PacketPort): LentPort {
  return { name, backend, mode, capabilities, lease: asked((addon) => addon.lend(handle)) }
}

/** The port, which goes back when it is closed or this thread ends. @throws MachineError where another one has it. */
export function borrowPort({ name, backend, mode, capabilities, lease }: LentPort): PacketPort {
  const handle = asked((addon) => addon.borrow(lease))
  return new PacketPort(name, backend, mode, capabilities, handle)
}

/** Blocks this thread until a port has frames, or so many milliseconds are over. @returns How many ports have some. */
export function waitForFrames(ports: readonly PacketPort[], milliseconds: number): number {
  return wait(ports, milliseconds, false)
}

/** The same until a port takes frames; a port of which nothing tells it counts as one that does. */
export function waitForRoom(ports: readonly PacketPort[], milliseconds: number): number {
  return wait(ports, milliseconds, true)
}

function wait(ports: readonly PacketPort[], milliseconds: number, forSending: boolean): number {
  const handles = ports.map(({ handle }) => handle)
  return asked((addon) => addon.wait(handles, milliseconds, forSending))
}
