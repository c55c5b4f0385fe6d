/** Ports that are capture files: what comes in by each, what leaves, and what they have counted. */
import { realpathSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

import {
  type CaptureWriter,
  createPcapngWriter,
  createPcapWriter,
  linkType,
  type OutputPcapngPacket,
} from '../capture/index.js'
import type { PortReport } from '../device/index.js'
import { InputError } from '../errors.js'
import type { TopologyFiles, TopologyPorts } from '../testbed/index.js'
import { CaptureInput } from './capture-input.js'

export class CapturePort {
  readonly port: number
  readonly name: string
  /** Undefined where nothing comes in. */
  readonly input: CaptureInput | undefined
  readonly #writer: CaptureWriter<OutputPcapngPacket> | undefined
  readonly #counts = { received: 0, receivedBytes: 0, sent: 0, sentBytes: 0, oversize: 0 }

  constructor(port: number, { read, write }: Pick<TopologyFiles, 'read' | 'write'>, input?: CaptureInput) {
    this.port = port
    this.name = [read, write].map((file) => file ?? 'nothing').join(' → ')
    this.input = input
    this.#writer = write === undefined ? undefined : writerTo(write, `port ${port}`)
  }

  /** Counts a frame that came in. */
  received(bytes: number): void {
    this.#counts.received += 1
    this.#counts.receivedBytes += bytes
  }

  /** Counts one that the network function has no room for. */
  refused(): void {
    this.#counts.oversize += 1
  }

  /** Nanoseconds since the epoch. @throws MachineError where it cannot be written. */
  send(bytes: Uint8Array, time: bigint): void {
    this.#writer?.write({ bytes, time, interfaceId: 0 })
    this.#counts.sent += 1
    this.#counts.sentBytes += bytes.length
  }

  report(): PortReport {
    const lost = this.input?.cut ?? 0
    return { port: this.port, interface: this.name, backend: 'pcap', ...this.#counts, lost, refused: 0 }
  }

  /** The file that was written is there from now on. */
  complete(): void {
    this.#writer?.close()
  }

  /** Leaves no file, unless it is complete. */
  async close(): Promise<void> {
    this.#writer?.abort()
    await this.input?.close()
  }
}

/** @throws InputError for what is wrong with them; none stays open then, and no file is written. */
export async function openCapturePorts(
  file: string,
  { files }: Extract<TopologyPorts, { kind: 'pcap' }>,
  node: string,
  portCount: number,
): Promise<readonly CapturePort[]> {
  const beyond = files.find(({ port }) => port >= portCount)
  if (beyond !== undefined) {
    throw new InputError(`there is no port ${node}.${beyond.port}: it has ${portCount}`, { file, line: beyond.line })
  }
  refuseShared(file, files)
  const ports: CapturePort[] = []
  try {
    for (let port = 0; port < portCount; port++) {
      const named: Pick<TopologyFiles, 'read' | 'write'> = files.find((each) => each.port === port) ?? {}
      const input = named.read === undefined ? undefined : await CaptureInput.open(named.read)
      ports.push(portOn(port, named, input))
    }
    return ports
  } catch (error) {
    for (const port of ports) await port.close()
    throw error
  }
}

function portOn(
  port: number,
  named: Pick<TopologyFiles, 'read' | 'write'>,
  input: CaptureInput | undefined,
): CapturePort {
  try {
    return new CapturePort(port, named, input)
  } catch (error) {
    void input?.close()
    throw error
  }
}

/** What is read must not be written over, whatever it is called, and two that write one file would write neither's. */
function refuseShared(file: string, files: readonly TopologyFiles[]): void {
  const uses = new Map<string, number>()
  for (const { read, write, line } of files) {
    for (const path of [read, write].filter((each) => each !== undefined)) {
      const place = placeOf(path)
      const before = uses.get(place)
      if (before !== undefined) {
        throw new InputError(`the capture ${path} is used twice, first in line ${before}`, { file, line })
      }
      uses.set(place, line)
    }
  }
}

/** The same for all names of a file. */
function placeOf(path: string): string {
  const status = statSync(path, { throwIfNoEntry: false })
  if (status !== undefined) return `${status.dev}:${status.ino}`
  try {
    return join(realpathSync(dirname(path)), basename(path))
  } catch {
    // Its folder is not there, which opening it tells.
    return path
  }
}

function writerTo(path: string, name: string): CaptureWriter<OutputPcapngPacket> {
  if (!path.endsWith('.pcapng')) return createPcapWriter(path, { nanosecond: true })
  return createPcapngWriter(path, { interfaces: [{ name, linkType: linkType.ethernet }], application: 'Vigil' })
}
