/** Captures and network functions in temporary folders, for the tests of the real command. */

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { createPcapngWriter, createPcapWriter, linkType, writeAll } from '../../src/capture/index.js'
import { generate, profile, writeTrace } from '../../src/generate/index.js'
import { I32, I64, init, type Parts, wasm } from '../nf/fixtures/wasm.js'
import { temporary } from '../temporary.js'

/** A new folder with `trace.pcap`, a hundred packets of the profile `nop`. */
export function folder(packets = 100): string {
  const cwd = temporary()
  writeTrace(join(cwd, 'trace.pcap'), { ...profile('nop'), packets })
  return cwd
}

const processType = { params: [I32, I32, I32, I64], results: [I32] }
const body = {
  drop: [0x41, 0x7f],
  bounce: [0x20, 0],
  sink: [0x41, 5],
  trap: [0x00],
  hang: [0x03, 0x40, 0x0c, 0, 0x0b, 0x41, 0x7f],
  // Counts to twenty million in the place of the length.
  slow: [0x03, 0x40, 0x20, 2, 0x41, 1, 0x6a, 0x22, 2, 0x41, 0x80, 0xda, 0xc4, 9, 0x48, 0x0d, 0, 0x0b, 0x41, 0x7f],
} as const

/** A module that does one thing with every packet: drop, send it back, name a port there is not, trap, loop without end, or drop it after a while. */
export function wasmThatDoes(what: keyof typeof body, parts: Parts = {}): Uint8Array {
  return wasm({ functions: [init, { name: 'nf_process', type: processType, body: body[what] }], ...parts })
}

/** `nfs/mine`: a ready module with the given specification. */
export function mine(cwd: string, spec: string, module: Uint8Array = wasmThatDoes('drop'), yaml = ''): void {
  const path = join(cwd, 'nfs', 'mine')
  mkdirSync(path, { recursive: true })
  writeFileSync(join(path, 'nf.yaml'), `name: mine\nbinary: mine.wasm\nspec: spec.ts\nports: { count: 2 }\n${yaml}`)
  writeFileSync(join(path, 'mine.wasm'), module)
  writeFileSync(join(path, 'spec.ts'), spec)
}

/** A specification whose `process` has this body. */
export function specOf(process: string): string {
  return [
    "import { drop, forward, spec } from 'vigil-nf/spec'",
    '',
    'export default spec({',
    "  title: 'mine',",
    '  config: {},',
    '  state: () => ({}),',
    `  process({ packet, ingress }) { ${process} },`,
    '})',
    '',
  ].join('\n')
}

/** A capture with one packet on an Ethernet interface, and one on an interface of raw IP. */
export function mixed(path: string): void {
  const interfaces = [
    { name: 'eth0', linkType: linkType.ethernet },
    { name: 'tun0', linkType: 101 },
  ]
  const [packet] = generate({ ...profile('nop'), packets: 1 })
  const bytes = packet?.bytes ?? new Uint8Array(60)
  const ip = bytes.subarray(14)
  const packets = [
    { bytes, time: 0n, interfaceId: 0 },
    { bytes: ip, time: 1n, interfaceId: 1 },
  ]
  writeAll(createPcapngWriter(path, { interfaces }), packets)
}

/** A capture in which no packet has anything legal above Ethernet. */
export function nothingLegal(path: string): void {
  const packets = Array.from({ length: 20 }, (_, i) => ({ bytes: new Uint8Array(60), time: BigInt(i) }))
  writeAll(createPcapWriter(path), packets)
}
