/** AF_XDP: interfaces by rings that are shared with their driver, where libxdp was there when this was built. */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'

import { InputError, MachineError } from '../errors.js'
import { linkOf, offloadsOf } from './link.js'
import { NetworkNamespace } from './namespace.js'
import { codeOf, type Handle, type NamespaceFd, optionalAddonFile, translated } from './native.js'
import { PacketPort } from './port.js'

export interface AfXdpOptions {
  /** Where the interface is. Default: where this process is. */
  readonly namespace?: NetworkNamespace
  /** How many frames may wait to be read, and as many to be sent: a power of two. Default: 4096, in 16 or 32 MB. */
  readonly ringFrames?: number
}

interface Opened {
  readonly port: Handle
  /** Bytes. */
  readonly longest: number
  readonly isNative: number
  readonly isZeroCopy: number
}

/** native/optional/af_xdp_addon.c */
interface AfXdpAddon {
  open(name: string, namespace: NamespaceFd, mtu: number, ringFrames: number): Opened
  queues(name: string, namespace: NamespaceFd): number
}

const LEAST_FRAMES = 64
const MOST_FRAMES = 65_536

/** Ethernet's addresses and type, and one VLAN tag. */
const HEADER = 14
const TAG = 4

export const afXdpFile = optionalAddonFile('af_xdp')

let loaded: AfXdpAddon | undefined

/**
 * All that arrives goes to the port, and nothing of it to the machine's own stack. Zero-copy is taken where the driver does
 * it, and the driver's XDP before the kernel's generic one: `mode` of the port says which it is.
 *
 * @throws InputError where there is no such interface, it is down, has several queues, takes tags out of frames, or is used
 * by another XDP program; MachineError where this was not built, or the kernel does not do it.
 */
export function openAfXdp(name: string, options: AfXdpOptions = {}): PacketPort {
  const { namespace = NetworkNamespace.present, ringFrames = 4096 } = options
  if (!isPowerOfTwo(ringFrames) || ringFrames < LEAST_FRAMES || ringFrames > MOST_FRAMES) {
    throw new InputError(`a ring of ${ringFrames} frames`, {
      hint: `a power of two from ${LEAST_FRAMES} to ${MOST_FRAMES}`,
    })
  }
  const addon = addonOf()
  const { mtu } = fitting(addon, name, namespace)
  const opened = open(() => addon.open(name, namespace.fd, mtu, ringFrames), name)
  const longest = Math.min(mtu + HEADER, opened.longest)
  const longestTagged = Math.min(mtu + HEADER + TAG, opened.longest)
  return new PacketPort(
    name,
    'af_xdp',
    `${opened.isZeroCopy ? 'zero-copy' : 'copy'}, ${opened.isNative ? 'driver' : 'generic'} XDP`,
    {
      layer: 'ethernet',
      versions: [4, 6],
      longest,
      longestTagged,
      besides: 'lost',
      times: 'reading',
      fills: 'nothing',
    },
    opened.port,
  )
}

/** What would be lost without a word is refused. */
function fitting(addon: AfXdpAddon, name: string, namespace: NetworkNamespace): { readonly mtu: number } {
  const link = linkOf(namespace, name)
  if (!link.isUp) throw new InputError(`interface ${name} is down`, { hint: `ip link set ${name} up` })
  const queues = translated(() => addon.queues(name, namespace.fd))
  if (queues > 1) {
    throw new InputError(`interface ${name} spreads what it receives over ${queues} queues`, {
      hint: `AF_XDP reads one: ethtool -L ${name} combined 1, or on some devices rx 1`,
    })
  }
  if (offloadsOf(namespace, name).includes('rx-tags')) {
    throw new InputError(`interface ${name} takes VLAN tags out of frames`, {
      hint: `AF_XDP does not see them: ethtool -K ${name} rxvlan off`,
    })
  }
  return link
}

function open(run: () => Opened, name: string): Opened {
  try {
    return translated(run)
  } catch (error) {
    const code = codeOf(error)
    // EEXIST: a program in the other of the two places for one.
    if (code === 'EBUSY' || code === 'EEXIST') {
      const hint = `end what put it there; ip -details link show ${name} names it`
      throw new InputError(`interface ${name} is used by another XDP program`, { hint }, { cause: causeOf(error) })
    }
    if (code === 'EAFNOSUPPORT' || code === 'ENOSYS') {
      const hint = 'the kernel needs CONFIG_XDP_SOCKETS and CONFIG_BPF_SYSCALL'
      throw new MachineError('this kernel has no AF_XDP', { hint }, { cause: causeOf(error) })
    }
    throw error
  }
}

/** The addon's own error, which has the system's code. */
function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined
}

function addonOf(): AfXdpAddon {
  if (loaded !== undefined) return loaded
  if (!existsSync(afXdpFile)) {
    throw new MachineError('AF_XDP was not built', {
      hint: 'install libxdp (Debian: libxdp-dev pkg-config) and run npm run build',
    })
  }
  try {
    const addon: AfXdpAddon = createRequire(import.meta.url)(afXdpFile)
    loaded = addon
    return addon
  } catch (cause) {
    const what = cause instanceof Error ? cause.message : String(cause)
    throw new MachineError(`AF_XDP cannot be loaded: ${what}`, { hint: 'Debian: apt install libxdp1' }, { cause })
  }
}

function isPowerOfTwo(number: number): boolean {
  return Number.isInteger(Math.log2(number))
}
