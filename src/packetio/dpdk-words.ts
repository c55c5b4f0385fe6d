/** The words that EAL is given: all checked here, since it answers to wrong ones with a page of help, or ends the process. */
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { totalmem } from 'node:os'
import { basename } from 'node:path'

import { InputError, MachineError } from '../errors.js'

export interface DpdkStart {
  /** Where buffers lie: `huge` pages, which network cards need, or `ordinary` memory. Default: `ordinary`. */
  readonly memory?: 'ordinary' | 'huge'
  /** Of that memory. Default: 256. */
  readonly megabytes?: number
  /** More of EAL's own options, such as `--iova-mode=va`. */
  readonly args?: readonly string[]
  /** Whether what DPDK says goes to standard error. */
  readonly debug?: boolean
}

/** What else may be asked of EAL; the rest is either ours or would let processes meet. */
const ARGUMENTS = [
  /^--iova-mode=(pa|va)$/,
  /^--log-level=([\w.*]+[:,])?[1-8]$/,
  /^--vfio-intr=(legacy|msi|msix)$/,
  /^--vfio-vf-token=[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i,
  /^--force-max-simd-bitwidth=(64|128|256|512)$/,
  /^--(single-file-segments|match-allocations|no-pci)$/,
]

/** Of memory for DPDK, where nothing else is said. */
export const MEGABYTES = 256

const PCI = /^([\da-f]{4,8}:)?[\da-f]{2}:[\da-f]{2}\.[0-7]$/i
const VIRTUAL = /^net_[a-z]+(_[a-z]+)*\d*$/
const PARAMETER = /^[\w-]+=[^,]+$/
/** Kernel drivers that DPDK's own work through, and those beside which they work. */
const LENDING = ['vfio-pci', 'uio_pci_generic', 'igb_uio', 'mlx5_core', 'mlx4_core', 'mana']

/** @param prefix Names this process among all that run DPDK. */
export function wordsOfEal(prefix: string, options: DpdkStart): readonly string[] {
  const { memory = 'ordinary', megabytes = MEGABYTES, args = [] } = options
  // EAL writes down every page, so that it would take this machine's memory for more than there is.
  const most = Math.floor(totalmem() / 2 ** 20)
  if (!Number.isInteger(megabytes) || megabytes < 32 || megabytes > most)
    throw new InputError(`${megabytes} megabytes for DPDK`, { hint: `an integer from 32 to ${most}` })
  const wrong = args.find((word) => !ARGUMENTS.some((form) => form.test(word)))
  if (wrong !== undefined) {
    const hint = '--iova-mode, --log-level, --vfio-intr, --vfio-vf-token, --force-max-simd-bitwidth, each with =value'
    throw new InputError(`not an option of DPDK that can be passed on: ${wrong}`, { hint })
  }
  return [
    'vigil',
    ...['-m', String(megabytes)],
    // EAL takes no --in-memory without huge pages; there it makes no files anyway.
    ...(memory === 'huge' ? ['--in-memory'] : ['--no-huge', '--no-shconf']),
    '--no-telemetry',
    `--file-prefix=${prefix}`,
    // One thread of its own, on all processors that this process may use.
    `--lcores=0@(${processors()})`,
    // An allowed device, so that no other is taken before it is asked for; there is none of this address.
    ...['-a', '0000:00:00.0'],
    ...args,
  ]
}

/** The whole PCI address of a network card, in lower case, where the device is one. */
export function cardOf(device: string): string | undefined {
  const name = device.split(',')[0] ?? ''
  if (!PCI.test(name)) return undefined
  return (name.split(':').length < 3 ? `0000:${name}` : name).toLowerCase()
}

/** @returns The same, as EAL names it in full. @throws InputError, MachineError for a card that the kernel has. */
export function checkDevice(device: string): string {
  const [name = '', ...parameters] = device.split(',')
  const wrong = parameters.find((each) => !PARAMETER.test(each))
  if (
    (!PCI.test(name) && !VIRTUAL.test(name)) ||
    wrong !== undefined ||
    Buffer.byteLength(device) > 4000 ||
    name.length > 40
  ) {
    const hint = 'such as net_pcap0,rx_pcap=in.pcap or 0000:03:00.0'
    throw new InputError(`not a device of DPDK: ${device}`, { hint })
  }
  const card = cardOf(name)
  if (card === undefined) return device
  checkCard(card)
  return [card, ...parameters].join(',')
}

function checkCard(address: string): void {
  const folder = `/sys/bus/pci/devices/${address}`
  if (!existsSync(folder)) throw new InputError(`there is no PCI device ${address}`, { hint: 'lspci lists them' })
  const driver = existsSync(`${folder}/driver`) ? basename(readlinkSync(`${folder}/driver`)) : 'none'
  if (LENDING.includes(driver)) return
  const hint = `dpdk-devbind.py --bind=vfio-pci ${address}`
  throw new MachineError(`PCI device ${address} is not free for DPDK: its kernel driver is ${driver}`, { hint })
}

/** Free megabytes, of all sizes of pages. */
export function freeHugePages(): number {
  const folder = '/sys/kernel/mm/hugepages'
  if (!existsSync(folder)) return 0
  return readdirSync(folder).reduce((sum, name) => {
    const kilobytes = Number(/\d+/.exec(name)?.[0] ?? 0)
    return sum + (kilobytes / 1024) * Number(readFileSync(`${folder}/${name}/free_hugepages`, 'utf8'))
  }, 0)
}

/** @throws MachineError where there are fewer than are asked for, which EAL would not say. */
export function checkHugePages({ memory, megabytes = MEGABYTES }: DpdkStart): void {
  const free = freeHugePages()
  if (memory !== 'huge' || free >= megabytes) return
  const hint = `as root: sysctl vm.nr_hugepages=${Math.ceil(megabytes / 2)}`
  throw new MachineError(`${free} MB of huge pages are free, and DPDK is to have ${megabytes}`, { hint })
}

function processors(): string {
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
  if (list === undefined) throw new MachineError('/proc does not tell which processors this process may use')
  return list
}
