/** Tells what a file is from its first bytes, never from its name. */

import { InputError } from '../errors.js'
import { type PcapVariant, pcapMagics } from './pcap.js'
import { sectionHeader } from './pcapng.js'

export type Content =
  | { readonly kind: 'gzip' }
  | { readonly kind: 'pcapng' }
  | { readonly kind: 'pcap'; readonly variant: PcapVariant }

/** Bytes that a decision needs; a shorter file is no capture. */
export const magicLength = 4

/** Relatives of pcap that are refused by name: their records have other headers. */
const refusedPcap: ReadonlyMap<number, string> = new Map([
  [0xa1b2cd34, "modified pcap (Alexey Kuznetzov's patch)"],
  [0x34cdb2a1, "modified pcap (Alexey Kuznetzov's patch)"],
  [0xa1b234cd, 'pcap as IBM AIX tools modify it'],
  [0xcd34b2a1, 'pcap as IBM AIX tools modify it'],
  [0x1c0001ac, 'pcap as IXIA lcap writes it'],
  [0xac01001c, 'pcap as IXIA lcap writes it'],
  [0xa12b3c4d, 'pcap as Navtel writes it'],
  [0x4d3c2ba1, 'pcap as Navtel writes it'],
])

interface Foreign {
  readonly start: readonly number[]
  readonly what: string
  readonly hint?: string
}

const foreign: readonly Foreign[] = [
  { start: [0x73, 0x6e, 0x6f, 0x6f, 0x70, 0], what: 'a snoop capture', hint: 'convert it with: editcap -F pcapng' },
  { start: [0x47, 0x4d, 0x42, 0x55], what: 'a Network Monitor capture', hint: 'convert it with: editcap -F pcapng' },
  { start: [0x7f, 0x45, 0x4c, 0x46], what: 'an ELF program' },
  { start: [0, 0x61, 0x73, 0x6d], what: 'a WebAssembly module' },
  { start: [0x50, 0x4b, 3, 4], what: 'a zip archive', hint: 'unpack it first' },
  { start: [0x28, 0xb5, 0x2f, 0xfd], what: 'zstd data', hint: 'unpack it first, or pipe it in: zstd -dc FILE' },
  { start: [0xfd, 0x37, 0x7a, 0x58, 0x5a], what: 'xz data', hint: 'unpack it first, or pipe it in: xz -dc FILE' },
  { start: [0x42, 0x5a, 0x68], what: 'bzip2 data', hint: 'unpack it first, or pipe it in: bzip2 -dc FILE' },
  { start: [4, 0x22, 0x4d, 0x18], what: 'lz4 data', hint: 'unpack it first, or pipe it in: lz4 -dc FILE' },
  { start: [0x89, 0x50, 0x4e, 0x47], what: 'a PNG image' },
  { start: [0x25, 0x50, 0x44, 0x46], what: 'a PDF document' },
]

/** `head`: the first bytes of the file, as many as are at hand. A foreign or empty file: `InputError`. */
export function detect(head: Uint8Array, file: string): Content {
  if (head.length === 0) throw new InputError('the file is empty', { file })
  if (head[0] === 0x1f && head[1] === 0x8b) return { kind: 'gzip' }
  if (head.length >= magicLength) {
    const magic = new DataView(head.buffer, head.byteOffset, magicLength).getUint32(0)
    if (magic === sectionHeader) return { kind: 'pcapng' }
    const variant = pcapMagics.get(magic)
    if (variant !== undefined) return { kind: 'pcap', variant }
    const relative = refusedPcap.get(magic)
    if (relative !== undefined) {
      throw new InputError(`${relative} is not supported`, { file, hint: 'convert it with: editcap -F pcap OLD NEW' })
    }
  }
  throw foreignFile(head, file)
}

function foreignFile(head: Uint8Array, file: string): InputError {
  const known = foreign.find(({ start }) => start.every((byte, i) => head[i] === byte))
  const guess = known?.what ?? (looksLikeText(head) ? 'text' : undefined)
  const looks = guess === undefined ? `, it begins with ${hex(head.subarray(0, 4))}` : `, it looks like ${guess}`
  const hint = known?.hint
  return new InputError(`this is no pcap or pcapng capture${looks}`, { file, ...(hint === undefined ? {} : { hint }) })
}

/** UTF-8 without control characters; a character cut at the end does not count. */
function looksLikeText(head: Uint8Array): boolean {
  const start = head.subarray(0, 512)
  if (start.some((byte) => byte === 0x7f || (byte < 0x20 && (byte < 9 || byte > 13)))) return false
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(start, { stream: true }) !== ''
  } catch {
    return false
  }
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ')
}
