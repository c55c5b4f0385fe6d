/** IPv6 extension headers, RFC 8200 section 4, walked over any bytes. */
import { readU16 } from './bytes.js'
import { fieldTable } from './field.js'
import { protocolNames, protocols } from './numbers.js'

/** The bytes that extension headers start with, the fragment header aside. */
export const extensionFields = fieldTable(2, {
  nextHeader: { width: 8, kind: 'uint', doc: 'protocol number of what follows', names: protocolNames },
  length: { width: 8, kind: 'uint', doc: 'length beyond the first 8 bytes, in units of 8 (authentication: 4) bytes' },
})

/** Fragment header, RFC 8200 section 4.5. */
export const fragmentFields = fieldTable(8, {
  nextHeader: extensionFields.nextHeader,
  reserved: { width: 8, kind: 'hex', doc: 'zero' },
  fragmentOffset: { width: 13, kind: 'uint', doc: 'in units of 8 bytes' },
  reserved2: { width: 2, kind: 'uint', doc: 'zero' },
  moreFragments: { width: 1, kind: 'uint', doc: '0 in the last fragment' },
  identification: { width: 32, kind: 'hex', doc: 'same for all fragments of a packet' },
})

/** One extension header: its own protocol number, absolute offset and length in bytes. */
export interface ExtensionHeader {
  readonly protocol: number
  readonly at: number
  readonly length: number
}

export interface ExtensionWalk {
  readonly headers: readonly ExtensionHeader[]
  /** Protocol of what follows the headers; -1 where the next one is cut off by `end`. */
  readonly protocol: number
  /** Where that starts; where the header that is cut off starts. */
  readonly at: number
  /** In units of 8 bytes; where it is not 0, no header follows but the middle of a packet. */
  readonly fragmentOffset: number
  readonly moreFragments: boolean
}

const lengthUnits: Readonly<Record<number, number>> = {
  [protocols.hopByHop]: 8,
  [protocols.routing]: 8,
  [protocols.fragment]: 8,
  [protocols.authentication]: 4,
  [protocols.destinationOptions]: 8,
  [protocols.mobility]: 8,
  [protocols.hostIdentity]: 8,
  [protocols.shim6]: 8,
}

/**
 * Lists the extension headers from `at` on, the first of which is of `protocol`, within `bytes[at, end)`. Every
 * header takes at least 8 bytes, so the walk ends with the bytes. It stops at what is no extension header, at ESP
 * (nothing readable follows) and after a fragment header of a later fragment.
 */
export function walkExtensions(bytes: Uint8Array, at: number, protocol: number, end: number): ExtensionWalk {
  const headers: ExtensionHeader[] = []
  let fragment = 0
  while ((fragment & 0xfff8) === 0) {
    if (lengthUnits[protocol] === undefined) break
    const length = at + 8 > end ? 8 : extensionLength(bytes, at, protocol)
    if (at + length > end) return walk(headers, -1, at, fragment)
    headers.push({ protocol, at, length })
    if (protocol === protocols.fragment) fragment = readU16(bytes, at + 2)
    protocol = bytes[at] ?? 0
    at += length
  }
  return walk(headers, protocol, at, fragment)
}

function walk(headers: readonly ExtensionHeader[], protocol: number, at: number, fragment: number): ExtensionWalk {
  return { headers, protocol, at, fragmentOffset: fragment >> 3, moreFragments: (fragment & 1) === 1 }
}

/** Bytes of the extension header of `protocol` at `at`. */
function extensionLength(bytes: Uint8Array, at: number, protocol: number): number {
  if (protocol === protocols.fragment) return 8
  const length = bytes[at + 1] ?? 0
  // RFC 4302 section 2.2: authentication counts words of 4 bytes, less 2; never less than a whole unit of 8.
  return lengthUnits[protocol] === 4 ? Math.max(8, (length + 2) * 4) : (length + 1) * 8
}
