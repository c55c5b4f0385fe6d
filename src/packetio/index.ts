/**
 * Ports of this machine: bursts of frames between an interface and an arena, network namespaces, and links. Linux only;
 * what it needs is told by `vigil doctor`.
 */
export { type AfPacketOptions, openAfPacket } from './af-packet.js'
export { type AfXdpOptions, afXdpFile, openAfXdp } from './af-xdp.js'
export { Burst, CHECKSUM_OPEN, TAG_RESTORED } from './burst.js'
export {
  type DpdkDevice,
  type DpdkErrors,
  type DpdkLink,
  DpdkPort,
  type DpdkPortOptions,
  type DpdkRingsOptions,
  dpdkFile,
  joinDpdk,
  openDpdk,
  openDpdkRings,
  startDpdk,
} from './dpdk.js'
export { cardOf, checkDevice, type DpdkStart, freeHugePages } from './dpdk-words.js'
export {
  changeLink,
  createVeth,
  giveAddress,
  type Link,
  type LinkChange,
  type LinkCounts,
  type LinkEnd,
  linkOf,
  offloadsOf,
  setOffloads,
} from './link.js'
export { NetworkNamespace } from './namespace.js'
export { addonFile, codeOf } from './native.js'
export { backends, openPort, type PortOptions } from './open.js'
export { clockOffset, Pacer, type PacerOptions } from './pacer.js'
export {
  borrowPort,
  type LentPort,
  lendPort,
  PacketPort,
  type PortCapabilities,
  type PortCounts,
  untaken,
  waitForFrames,
  waitForRoom,
} from './port.js'
export { openRawIp, type RawIpOptions } from './raw-ip.js'
