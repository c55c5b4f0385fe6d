/** Ports of DPDK: pairs of rings between a network function and what tests it, or devices that a topology names. */
import { existsSync, readdirSync } from 'node:fs'
import type { Server } from 'node:net'
import { resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'

import { MachineError } from '../errors.js'
import { journal } from '../leftovers/index.js'
import { Burst, cardOf, checkDevice, type DpdkPort, openDpdk, openDpdkRings, startDpdk } from '../packetio/index.js'
import type { TopologyInterface, TopologyPorts } from '../testbed/index.js'
import { claim, placed } from './claim.js'

type DpdkPorts = Extract<TopologyPorts, { kind: 'dpdk' }>

export interface Rings {
  /** Port i of the device is `devices[i]`, and at the other end of `testers[i]`. */
  readonly devices: readonly DpdkPort[]
  readonly testers: readonly DpdkPort[]
  close(): void
}

export interface OpenedDevices {
  readonly ports: readonly DpdkPort[]
  close(): void
}

/** Who reads a ring may pause for milliseconds, to collect garbage; besides these, frames lie in caches of threads. */
const RING = { frames: 4096, buffers: 2 * 4096 + 1536 }
/** Milliseconds that a link may take to come up, as cards and peers do; and between two looks. */
const COMING_UP = 10_000
const LOOK = 20
/** Frames that are asked for at once. */
const BATCH = 256

/** Pairs of rings of this process have different names. */
let made = 0

/** A pair for each port of the device, of up to 4,095 frames each way. @throws MachineError where DPDK cannot. */
export function openRings(file: string, count: number, { mtu, start, line }: DpdkPorts): Rings {
  const pairs: (readonly [DpdkPort, DpdkPort])[] = []
  const close = (): void => {
    for (const port of pairs.flat()) port.close()
  }
  try {
    placed({ file, line }, () => {
      startDpdk(start)
      for (let i = 0; i < count; i++) pairs.push(openDpdkRings(`ring${made++}`, { mtu, ...RING }))
    })
  } catch (error) {
    close()
    throw error
  }
  return { devices: pairs.map(([device]) => device), testers: pairs.map(([, tester]) => tester), close }
}

/**
 * Opens devices in the order given.
 *
 * @throws InputError with the line of the one that is not there, or works through an interface that is this machine's own;
 * MachineError where DPDK or its driver cannot.
 */
export async function openDevices(
  file: string,
  named: readonly TopologyInterface[],
  { mtu, start, allow, line }: DpdkPorts,
): Promise<OpenedDevices> {
  const ports: DpdkPort[] = []
  const locks: Server[] = []
  const forget: (() => void)[] = []
  const close = (): void => {
    for (const port of ports) port.close()
    for (const lock of locks) lock.close()
    for (const each of forget) each()
  }
  try {
    for (const each of named) {
      placed({ file, line: each.line }, () => checkDevice(each.name))
      for (const used of interfacesOf(each.name)) locks.push(await claim(used, { file, line: each.line }, allow))
    }
    placed({ file, line }, () => startDpdk(start))
    for (const each of named) {
      const socket = socketOf(each.name)
      if (socket !== undefined) forget.push(journal(socket))
      ports.push(placed({ file, line: each.line }, () => openDpdk(each.name, { mtu })))
    }
  } catch (error) {
    close()
    throw error
  }
  return { ports, close }
}

/**
 * Until all links are up and frames may come: what is sent before is lost, and what has come before is nobody's.
 *
 * @throws MachineError with the line of a link that stays down.
 */
export async function untilUp(
  file: string,
  named: readonly TopologyInterface[],
  ports: readonly DpdkPort[],
): Promise<void> {
  const end = performance.now() + COMING_UP
  for (const [i, port] of ports.entries()) {
    while (!port.link().isUp) {
      if (performance.now() > end) {
        const hint = 'connect its cable, or start what is at its other end'
        throw new MachineError(`the link of ${port.name} does not come up`, { file, line: named[i]?.line ?? 1, hint })
      }
      await setTimeout(LOOK)
    }
    // The driver of memif gives its peer buffers to fill when it is asked for frames, and not before.
    port.receive(new Burst(BATCH, port.capabilities.longestTagged))
  }
}

/** Parameters by which drivers of software are told an interface that is there, and the interface of a card beside DPDK. */
const NAMING = /^net_(af_packet|af_xdp|pcap)\d*$/
const NAMED = ['iface', 'rx_iface', 'rx_iface_in', 'tx_iface']

function interfacesOf(device: string): readonly string[] {
  const [name = '', ...parameters] = device.split(',')
  const card = cardOf(device)
  if (card !== undefined) {
    const folder = `/sys/bus/pci/devices/${card}/net`
    return existsSync(folder) ? readdirSync(folder) : []
  }
  const words = parameters.map((each) => each.split('='))
  const wanted = NAMING.test(name) ? NAMED : name.startsWith('net_tap') ? ['remote'] : []
  return [...new Set(words.flatMap(([key = '', value = '']) => (wanted.includes(key) ? [value] : [])))]
}

/** That a server of memif makes, where it is to be a file. */
function socketOf(device: string): string | undefined {
  const [name = '', ...parameters] = device.split(',')
  const isFile =
    parameters.includes('socket-abstract=no') && parameters.some((each) => /^role=(server|master)$/.test(each))
  if (!name.startsWith('net_memif') || !isFile) return undefined
  return resolve(parameters.find((each) => each.startsWith('socket='))?.slice('socket='.length) ?? '/run/memif.sock')
}
