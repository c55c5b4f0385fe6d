/**
 * Scenes: small traces written down as code, every packet with a name, so that a test can say at which packet a wrong
 * build is found out. Times are exact to the nanosecond, ports are given by the capture's interfaces.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { createPcapngWriter, linkType, writeAll } from '../../src/capture/index.js'
import type { ReplayOptions } from '../../src/replay/index.js'

/** A configuration as in a YAML file. */
export type SceneConfig = Readonly<Record<string, unknown>>

export interface SceneSetup {
  readonly nf: string
  /** Ports of the network function. */
  readonly ports: number
  readonly config: SceneConfig
}

/** One packet of a scene. */
export interface ScenePacket {
  readonly label: string
  /** Nanoseconds since the epoch. */
  readonly time: bigint
  readonly port: number
  readonly frame: Uint8Array
}

export class Scene {
  readonly name: string
  readonly setup: SceneSetup
  readonly packets: ScenePacket[] = []
  #now = 1_000_000_000_000n

  constructor(name: string, setup: SceneSetup) {
    this.name = name
    this.setup = setup
  }

  /** Lets time pass before the next packet. */
  after(nanoseconds: number): this {
    this.#now += BigInt(nanoseconds)
    return this
  }

  /** A packet that enters by `port`. The part of a label after ` #` only tells repetitions apart. */
  send(label: string, port: number, frame: Uint8Array): this {
    if (this.packets.some((packet) => packet.label === label)) throw new Error(`${this.name}: a second '${label}'`)
    this.packets.push({ label, time: this.#now, port, frame })
    return this
  }

  /** What the packet `number`, 1 for the first, is called. */
  labelOf(number: number): string | undefined {
    return this.packets[number - 1]?.label.replace(/ #\d+$/, '')
  }

  /** Writes trace and configuration into `folder`; how to replay them. */
  write(folder: string): ReplayOptions {
    const { nf, ports, config } = this.setup
    const trace = join(folder, `${nf}-${this.name}.pcapng`)
    const values = join(folder, `${nf}-${this.name}.yaml`)
    const interfaces = Array.from({ length: ports }, (_, i) => ({ name: `port ${i}`, linkType: linkType.ethernet }))
    writeAll(
      createPcapngWriter(trace, { interfaces }),
      this.packets.map(({ frame, time, port }) => ({ bytes: frame, time, interfaceId: port })),
    )
    // JSON is YAML.
    writeFileSync(values, JSON.stringify(config))
    const used = [...new Set(this.packets.map(({ port }) => port))].sort()
    return {
      traces: [trace],
      nf,
      config: [`portCount=${ports}`, values],
      portRules: used.map((port) => `interface=${port}@${port}`),
    }
  }
}

/** The same options as words of the command line. */
export function commandWords({ traces, nf, config, portRules, binary }: ReplayOptions): string[] {
  return [
    ...['replay', ...traces],
    ...(nf === undefined ? [] : ['--nf', nf]),
    ...(config ?? []).flatMap((value) => ['--config', value]),
    ...(portRules ?? []).flatMap((rule) => ['--port-rule', rule]),
    ...(binary === undefined ? [] : ['--binary', binary]),
  ]
}
