/** Link types by number, as https://www.tcpdump.org/linktypes.html lists them. */

/** The link types that `openFrames` can turn into Ethernet, and Ethernet itself. */
export const linkType = {
  null: 0,
  ethernet: 1,
  rawLinux: 12,
  rawOpenBsd: 14,
  raw: 101,
  loop: 108,
  linuxCooked: 113,
  ipv4: 228,
  ipv6: 229,
  linuxCooked2: 276,
} as const

const names: ReadonlyMap<number, string> = new Map([
  [linkType.null, 'BSD loopback'],
  [linkType.ethernet, 'Ethernet'],
  [6, 'Token Ring'],
  [8, 'SLIP'],
  [9, 'PPP'],
  [10, 'FDDI'],
  [linkType.rawLinux, 'raw IP'],
  [linkType.rawOpenBsd, 'raw IP'],
  [50, 'PPP in HDLC framing'],
  [51, 'PPPoE'],
  [linkType.raw, 'raw IP'],
  [104, 'Cisco HDLC'],
  [105, 'IEEE 802.11'],
  [107, 'Frame Relay'],
  [linkType.loop, 'OpenBSD loopback'],
  [linkType.linuxCooked, 'Linux cooked v1'],
  [119, 'IEEE 802.11 with Prism header'],
  [127, 'IEEE 802.11 with radiotap header'],
  [147, 'user 0'],
  [187, 'Bluetooth HCI'],
  [189, 'Linux USB'],
  [192, 'PPI'],
  [195, 'IEEE 802.15.4'],
  [201, 'Bluetooth HCI with direction'],
  [220, 'Linux USB, padded'],
  [227, 'CAN'],
  [linkType.ipv4, 'raw IPv4'],
  [linkType.ipv6, 'raw IPv6'],
  [239, 'NFLOG'],
  [249, 'USBPcap'],
  [253, 'Linux netlink'],
  [linkType.linuxCooked2, 'Linux cooked v2'],
])

/** A name that people know, or 'link type 4711'. */
export function linkTypeName(type: number): string {
  return names.get(type) ?? `link type ${type}`
}
