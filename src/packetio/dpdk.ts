/**
 * DPDK, where it was built in: network cards taken from the kernel, and devices of software. Its ports are polled, and
 * belong to the thread that started it. Devices are named as EAL names them (DPDK's Programmer's Guide).
 */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'

import { InputError, MachineError } from '../errors.js'
import { processId } from '../leftovers/index.js'
import { checkDevice, checkHugePages, type DpdkStart, MEGABYTES, wordsOfEal } from './dpdk-words.js'
import { NetworkNamespace } from './namespace.js'
import { type Handle, optionalAddonFile } from './native.js'
import { PacketPort } from './port.js'

export interface DpdkPortOptions {
  /** Bytes of a frame behind the Ethernet header. Default: 1500. */
  readonly mtu?: number
  /** For frames that are on their way in the port. Default: 8,191, of 2 KB each. */
  readonly buffers?: number
  /** Where the sockets of `net_af_packet` and `net_pcap` are opened. Default: where this process is. */
  readonly namespace?: NetworkNamespace
}

/** What a device's driver says of it. None of it was exercised on hardware. */
export interface DpdkDevice {
  readonly driver: string
  /** 48 bits; 0 where it has none. */
  readonly mac: number
  readonly offers: {
    /** Hardware stamps of arrival. */
    readonly receiveTimestamps: boolean
    /** Departure at a given time. */
    readonly sendTimestamps: boolean
    readonly rateLimit: boolean
  }
}

export interface DpdkLink {
  readonly isUp: boolean
  /** Megabits a second; of software, what its driver makes up. */
  readonly megabits: number
}

/** Frames of which the device says that it lost them, besides those that its port counts as lost. */
export interface DpdkErrors {
  /** It had taken them. */
  readonly sendErrors: number
  /** Damaged, say. */
  readonly receiveErrors: number
}

interface NativeDevice {
  readonly handle: Handle
  readonly id: number
  readonly driver: string
  readonly mac: number
  readonly receiveTimestamps: number
  readonly sendTimestamps: number
  readonly rateLimit: number
}

interface NativeDpdk {
  start(words: readonly string[], isLoud: boolean): void
  open(device: string, namespace: number, mtu: number, buffers: number): NativeDevice
  openRings(name: string, mtu: number, buffers: number, frames: number): readonly [NativeDevice, NativeDevice]
  join(): void
  link(id: number): { readonly isUp: number; readonly megabits: number }
  errors(id: number): DpdkErrors
  /** The first error that was logged; empty where there is none. */
  complaint(): string
}

export const dpdkFile = optionalAddonFile('dpdk')

/** Ethernet's addresses and type, and one VLAN tag. */
const HEADER = 14
const TAG = 4

let running: { readonly dpdk: NativeDpdk; readonly options: string } | undefined

export class DpdkPort extends PacketPort {
  readonly device: DpdkDevice
  readonly #id: number
  #isClosed = false

  constructor(name: string, mtu: number, { handle, id, driver, mac, ...offers }: NativeDevice) {
    const longest = mtu + HEADER
    super(
      name,
      'dpdk',
      driver,
      {
        layer: 'ethernet',
        versions: [4, 6],
        longest,
        longestTagged: longest + TAG,
        besides: 'lost',
        times: 'reading',
        fills: 'nothing',
      },
      handle,
    )
    this.#id = id
    this.device = {
      driver,
      mac,
      offers: {
        receiveTimestamps: offers.receiveTimestamps === 1,
        sendTimestamps: offers.sendTimestamps === 1,
        rateLimit: offers.rateLimit === 1,
      },
    }
  }

  /** @throws MachineError once it is closed: its number may be another's then. */
  link(): DpdkLink {
    const { isUp, megabits } = this.#asked('looking at a link', (dpdk) => dpdk.link(this.#id))
    return { isUp: isUp === 1, megabits }
  }

  /** @throws As `link`. */
  errors(): DpdkErrors {
    return this.#asked('reading the counts of a DPDK device', (dpdk) => dpdk.errors(this.#id))
  }

  #asked<T>(operation: string, ask: (dpdk: NativeDpdk) => T): T {
    if (this.#isClosed) throw new MachineError('the port is closed')
    return started(operation, ask)
  }

  override close(): void {
    super.close()
    this.#isClosed = true
  }
}

/**
 * Starts DPDK, which takes some 0.2 seconds; again with the same options it does nothing.
 *
 * @throws InputError for options, and others than at first; MachineError where it was not built in or does not start.
 */
export function startDpdk(options: DpdkStart = {}): void {
  const words = wordsOfEal(`vigil-${processId()}`, options)
  const { memory = 'ordinary', megabytes = MEGABYTES, args = [], debug = false } = options
  const asked = JSON.stringify({ memory, megabytes, args, debug })
  if (running !== undefined) {
    if (running.options === asked) return
    throw new InputError('DPDK runs with other options', { hint: 'it is started once in a process' })
  }
  const dpdk = load()
  checkProcessors()
  checkHugePages(options)
  told(dpdk, 'starting DPDK', () => dpdk.start(words, debug))
  running = { dpdk, options: asked }
}

/** Makes this thread, which is not the one that started DPDK, known to it: it has a cache of buffers then. */
export function joinDpdk(): void {
  const dpdk = load()
  told(dpdk, 'joining DPDK', () => dpdk.join())
}

const PROCESSORS = '/sys/devices/system/cpu'

/** EAL reads there which processors there are, and says otherwise that the first one is missing. */
function checkProcessors(): void {
  if (existsSync(PROCESSORS)) return
  throw new MachineError(`DPDK needs ${PROCESSORS}`, { hint: 'mount -t sysfs sysfs /sys, as in a chroot it is not' })
}

/**
 * Opens a device such as `net_pcap0,rx_pcap=in.pcap,tx_pcap=out.pcap`, `net_af_packet0,iface=eth1`, `net_memif0`,
 * `net_ring0`, `net_null0`, or the PCI address of a network card that DPDK may have.
 *
 * @throws InputError where there is none, MachineError where its driver cannot.
 */
export function openDpdk(device: string, options: DpdkPortOptions = {}): DpdkPort {
  const { mtu, buffers, namespace } = checked(options)
  const words = checkDevice(device)
  const [name = ''] = words.split(',')
  const made = started(`opening ${name}`, (dpdk) => dpdk.open(words, namespace.fd, mtu, buffers))
  return new DpdkPort(name, mtu, made)
}

export interface DpdkRingsOptions extends Pick<DpdkPortOptions, 'mtu' | 'buffers'> {
  /** Of each ring, one more than it holds; a power of two. Default: 1024. */
  readonly frames?: number
}

/** Two ports in this process that are each other's wire. */
export function openDpdkRings(name: string, options: DpdkRingsOptions = {}): readonly [DpdkPort, DpdkPort] {
  const { mtu, buffers } = checked(options)
  const { frames = 1024 } = options
  if (!Number.isInteger(Math.log2(frames)) || frames < 64 || frames > 2 ** 16)
    throw new InputError(`rings of ${frames} frames`, { hint: 'a power of two from 64 to 65536' })
  if (!/^\w{1,12}$/.test(name))
    throw new InputError(`not a name of rings: ${name}`, { hint: '1 to 12 letters or digits' })
  const [one, other] = started(`making rings ${name}`, (dpdk) => dpdk.openRings(name, mtu, buffers, frames))
  return [new DpdkPort(`${name}a`, mtu, one), new DpdkPort(`${name}b`, mtu, other)]
}

function checked({ mtu = 1500, buffers = 8191, namespace = NetworkNamespace.present }: DpdkPortOptions): {
  readonly mtu: number
  readonly buffers: number
  readonly namespace: NetworkNamespace
} {
  // RFC 791 has every link carry 68 bytes; a buffer of DPDK has 16 bits of length.
  if (!Number.isInteger(mtu) || mtu < 68 || mtu > 16_000)
    throw new InputError(`an MTU of ${mtu}`, { hint: 'an integer from 68 to 16000' })
  if (!Number.isInteger(buffers) || buffers < 4095 || buffers > 2 ** 22)
    throw new InputError(`${buffers} buffers`, { hint: 'an integer from 4095 to 4194304' })
  return { mtu, buffers, namespace }
}

function load(): NativeDpdk {
  if (!existsSync(dpdkFile)) {
    const hint = 'Debian: apt install libdpdk-dev pkg-config, then npm run build'
    throw new MachineError('DPDK was not built in', { hint })
  }
  try {
    const dpdk: NativeDpdk = createRequire(import.meta.url)(dpdkFile)
    return dpdk
  } catch (cause) {
    const what = cause instanceof Error ? cause.message : String(cause)
    throw new MachineError(`DPDK cannot be loaded: ${what}`, { hint: 'npm run build' }, { cause })
  }
}

function started<T>(operation: string, ask: (dpdk: NativeDpdk) => T): T {
  if (running === undefined) throw new MachineError('DPDK does not run', { hint: 'startDpdk starts it' })
  const { dpdk } = running
  return told(dpdk, operation, () => ask(dpdk))
}

/** DPDK's own words say more than the system's code. */
function told<T>(dpdk: NativeDpdk, operation: string, ask: () => T): T {
  try {
    return ask()
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error
    const what = `${operation}: ${dpdk.complaint() || error.message}`
    if (error.code === 'ENODEV') throw new InputError(what, {}, { cause: error })
    const isFull = 'operation' in error && error.operation === 'making buffers of DPDK'
    const where = isFull ? { hint: 'give DPDK more megabytes' } : {}
    throw new MachineError(what, where, { cause: error })
  }
}
