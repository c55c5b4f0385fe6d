/**
 * A device of its own for tests, started in its namespace: what comes by its first port leaves by the second, with one thing
 * wrong. `node faulty-device.js WHAT READY`: it makes the file READY, with its process, once it takes frames.
 */
import { createSocket } from 'node:dgram'
import { writeFileSync } from 'node:fs'

import { checkSequence } from '../../../src/conform/classes/check-sequence.js'
import { Burst, NetworkNamespace, openAfPacket, setOffloads } from '../../../src/packetio/index.js'

const [what, ready] = process.argv.slice(2)
const [from, to] = ['port0', 'port1'].map((name) => openAfPacket(name))
if (ready === undefined || from === undefined || to === undefined) throw new Error('WHAT READY')
const burst = new Burst(1, 2048)
/** The kernel sends for this one, and leaves its checksums open. */
const socket = createSocket('udp4')
if (what === 'checksum left open') {
  setOffloads(NetworkNamespace.present, 'port1', ['tx-checksum'])
  await new Promise<void>((bound) => socket.bind(7, '10.0.1.1', bound))
}

const ways: Readonly<Record<string, (frame: Uint8Array) => Uint8Array | undefined>> = {
  'with its check sequence': (frame) => Uint8Array.of(...frame, ...checkSequence(frame)),
  'with another four bytes': (frame) => Uint8Array.of(...frame, 1, 2, 3, 4),
  'one byte wrong': (frame) => frame.with(frame.length - 1, 0x55),
  'filled up': (frame) => Uint8Array.of(...frame, ...new Uint8Array(60 - frame.length)),
  'checksum left open'(frame) {
    if (frame[12] === 0x08) socket.send(frame.slice(42), 9, '10.0.1.2')
    return undefined
  },
}

function forward(): void {
  while (from?.receive(burst) === 1) {
    const bytes = ways[what ?? '']?.(burst.frame(0).slice())
    if (bytes === undefined) continue
    burst.bytes.set(bytes)
    burst.set(0, 0, bytes.length)
    to?.send(burst, 0, 1)
  }
}

setInterval(forward, 1)
writeFileSync(ready, String(process.pid))
