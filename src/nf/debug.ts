/**
 * What network functions in C say in debug builds (libvig/c/debug.h): functions that they import from `debug`, each of
 * which prints a line to standard error. Synchronously, so that what is said before a trap or an endless loop is seen.
 */
import { writeSync } from 'node:fs'

import { formatIpv4, formatIpv6, formatMac } from '../packet/address.js'
import { hexText } from '../packet/hexdump.js'
import { DESCRIPTOR_SIZE, DESCRIPTORS, PROGRESS } from './memory-map.js'
import type { Signature } from './module-interface.js'

export const DEBUG_MODULE = 'debug'

const TEXT = '(i32) -> ()'
const TEXT_AND_I32 = '(i32, i32) -> ()'
const TEXT_AND_I64 = '(i32, i64) -> ()'

export const debugSignatures: ReadonlyMap<string, Signature> = new Map([
  ['text', TEXT],
  ['signed', TEXT_AND_I64],
  ['unsigned', TEXT_AND_I64],
  ['ipv4', TEXT_AND_I32],
  ['ipv6', TEXT_AND_I32],
  ['mac', TEXT_AND_I32],
  ['bytes', '(i32, i32, i32) -> ()'],
])

/** Bytes of a text, or of memory, that are printed of one call. */
const MOST = 256

/** Of one instance. */
export class DebugLines {
  readonly #name: string
  readonly #memory: DataView
  /** Packets of the bursts before; undefined until nf_init has answered. */
  #before: number | undefined

  constructor(name: string, memory: WebAssembly.Memory) {
    this.#name = name
    this.#memory = new DataView(memory.buffer)
  }

  /** What the network function is linked to. */
  get imports(): Readonly<Record<string, (...args: never[]) => void>> {
    const say = (text: number, value = ''): void => this.#say(this.#text(text), value)
    return {
      text: (text: number) => say(text),
      signed: (text: number, value: bigint) => say(text, String(value)),
      unsigned: (text: number, value: bigint) => say(text, String(BigInt.asUintN(64, value))),
      // As it lies in the packet, loaded little-endian.
      ipv4: (text: number, address: number) => say(text, formatIpv4(swapped(address))),
      ipv6: (text: number, address: number) =>
        say(
          text,
          this.#known(address, 16, (at) => formatIpv6(numberIn(at))),
        ),
      mac: (text: number, address: number) =>
        say(
          text,
          this.#known(address, 6, (at) => formatMac(Number(numberIn(at)))),
        ),
      bytes: (text: number, start: number, length: number) => {
        say(text, hexText(this.#bytes(start, length >>> 0), MOST))
      },
    }
  }

  /** Once nf_init has answered. */
  started(): void {
    this.#before = 0
  }

  /** After a burst. */
  passed(packets: number): void {
    this.#before = (this.#before ?? 0) + packets
  }

  #say(text: string, value: string): void {
    const words = [text, value].filter((word) => word !== '').join(' ')
    writeLine(`${this.#name}, ${this.#where()}: ${words}\n`)
  }

  #where(): string {
    if (this.#before === undefined) return 'nf_init'
    const index = this.#memory.getUint32(PROGRESS, true)
    const port = this.#memory.getUint32(DESCRIPTORS + index * DESCRIPTOR_SIZE + 8, true)
    return `packet ${this.#before + index + 1}, port ${port}`
  }

  /** Up to its zero. */
  #text(address: number): string {
    const bytes = this.#bytes(address, MOST)
    const end = bytes.indexOf(0)
    return Buffer.from(end < 0 ? bytes : bytes.subarray(0, end)).toString('utf8')
  }

  #known(address: number, size: number, format: (bytes: Uint8Array) => string): string {
    const bytes = this.#bytes(address, size)
    return bytes.length === size ? format(bytes) : `(0x${(address >>> 0).toString(16)} is outside of the memory)`
  }

  /** Fewer where memory ends. */
  #bytes(address: number, size: number): Uint8Array {
    const { buffer, byteLength } = this.#memory
    const start = Math.min(address >>> 0, byteLength)
    return new Uint8Array(buffer, start, Math.min(size, byteLength - start))
  }
}

function swapped(address: number): number {
  const view = new DataView(new ArrayBuffer(4))
  view.setInt32(0, address, true)
  return view.getUint32(0)
}

function numberIn(bytes: Uint8Array): bigint {
  return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n)
}

const STANDARD_ERROR = 2
const pause = new Int32Array(new SharedArrayBuffer(4))

/** Waits for who reads a pipe that is full; who has closed it is told no more. */
function writeLine(line: string): void {
  let rest = Buffer.from(line)
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(STANDARD_ERROR, rest))
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      if (code === 'EPIPE') return
      if (code !== 'EAGAIN') throw error
      Atomics.wait(pause, 0, 0, 1)
    }
  }
}
