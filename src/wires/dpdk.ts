/** Ports of DPDK: pairs of rings between a network function and what tests it, or devices that a topology names. */
import { existsSync, readdirSync } from 'node:fs'
import type { Server } from 'node:net'
import { setTimeout } from 'node:timers/promises'

import { MachineError } from '../errors.js'
import { cardOf, type DpdkPort, openDpdk, openDpdkRings, startDpdk } from '../packetio/index.js'
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

/** Frames on their way in a pair of rings are at most these, and some in caches. */
const RING_BUFFERS = 4095
/** Milliseconds that a link may take to come up, as cards and peers do; and between two looks. */
const COMING_UP = 10_000
const LOOK = 20

/** Pairs of rings of this process have different names. */
let made = 0

/** A pair for each port of the device, of up to 1,023 frames each way. @throws MachineError where DPDK cannot. */
export function openRings(file: string, count: number, { mtu, start, line }: DpdkPorts): Rings {
  const pairs: (readonly [DpdkPort, DpdkPort])[] = []
  const close = (): void => {
    for (const port of pairs.flat()) port.close()
  }
  try {
    placed({ file, line }, () => {
      startDpdk(start)
      for (let i = 0; i < count; i++) pairs.push(openDpdkRings(`ring${made++}`, { mtu, buffers: RING_BUFFERS }))
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
  const close = (): void => {
    for (const port of ports) port.close()
    for (const lock of locks) lock.close()
  }
  try {
    for (const each of named) {
      for (const used of interfacesOf(each.name)) locks.push(await claim(used, { file, line: each.line }, allow))
    }
    placed({ file, line }, () => startDpdk(start))
    for (const each of named) ports.push(placed({ file, line: each.line }, () => openDpdk(each.name, { mtu })))
  } catch (error) {
    close()
    throw error
  }
  return { ports, close }
}

/** Until all links are up: what is sent before is lost. @throws MachineError with the line of one that stays down. */
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
