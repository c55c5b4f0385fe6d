/** Tests that need namespaces of their own: skipped, and seen to be, where this machine does not give them; never in CI. */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'

import { VigilError } from '../../src/errors.js'
import {
  type AfPacketOptions,
  type AfXdpOptions,
  codeOf,
  createVeth,
  type LinkEnd,
  NetworkNamespace,
  openAfPacket,
  openAfXdp,
  type PacketPort,
} from '../../src/packetio/index.js'

type Run = (t: ExecutionContext) => void | Promise<void>

/** Why a test cannot be run. */
export interface Obstacle {
  readonly why: string
  /** Nothing that is installed would help, so that CI has to live with it. */
  readonly isOfKernel: boolean
}

function obstacleOf(attempt: () => void): Obstacle | undefined {
  try {
    attempt()
    return undefined
  } catch (error) {
    if (!(error instanceof VigilError)) throw error
    return { why: error.message, isOfKernel: ['EAFNOSUPPORT', 'ENOSYS'].includes(codeOf(error) ?? '') }
  }
}

const noNamespaces = obstacleOf(() => NetworkNamespace.create().close())

/** `programs` are run by the test besides. */
export function rooted(title: string, run: Run, programs: readonly string[] = []): void {
  register(title, run, noNamespaces ?? absent(programs))
}

/** The same with AF_XDP, which is optional, and which a kernel may not have. */
export function withAfXdp(title: string, run: Run, programs: readonly string[] = []): void {
  register(title, run, noNamespaces ?? absent(programs) ?? noAfXdp())
}

let soughtAfXdp: { readonly obstacle: Obstacle | undefined } | undefined

function noAfXdp(): Obstacle | undefined {
  soughtAfXdp ??= { obstacle: obstacleOf(tryAfXdp) }
  return soughtAfXdp.obstacle
}

function tryAfXdp(): void {
  const namespace = NetworkNamespace.create()
  try {
    createVeth({ namespace, name: 'one' }, { namespace, name: 'other' })
    openAfXdp('one', { namespace }).close()
  } finally {
    namespace.close()
  }
}

export function register(title: string, run: Run, obstacle: Obstacle | undefined): void {
  if (obstacle === undefined) test.serial(title, run)
  // A developer's machine may lack root; what decides what lands may not.
  else if (process.env.CI === undefined || obstacle.isOfKernel) test.skip(`${title} [${obstacle.why}]`, run)
  else test(title, (t) => t.fail(`cannot be run: ${obstacle.why}`))
}

export function absent(programs: readonly string[]): Obstacle | undefined {
  const names = programs.filter((program) => !isThere(program))
  return names.length === 0 ? undefined : { why: `there is no ${names.join(', ')}`, isOfKernel: false }
}

function isThere(program: string): boolean {
  return (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, program)))
}

export interface Wire {
  readonly ends: readonly [LinkEnd, LinkEnd]
  readonly ports: readonly [PacketPort, PacketPort]
}

type Open = (end: LinkEnd) => PacketPort

const openPacket: Open = ({ namespace, name }) => openAfPacket(name, { namespace })

/** A veth pair between two namespaces, each with an AF_PACKET port; all of it is gone after the test. */
export function wire(
  t: ExecutionContext,
  { mtu = 1500, ...options }: AfPacketOptions & { readonly mtu?: number } = {},
): Wire {
  const open: Open = ({ namespace, name }) => openAfPacket(name, { ...options, namespace })
  return wireOf(t, [open, open], mtu)
}

/** The same with ports of any kind. */
export function wireOf(t: ExecutionContext, open: readonly [Open, Open], mtu = 1500): Wire {
  const ends = [
    { namespace: NetworkNamespace.create(), name: 'left' },
    { namespace: NetworkNamespace.create(), name: 'right' },
  ] as const
  t.teardown(() => {
    for (const { namespace } of ends) namespace.close()
  })
  createVeth(ends[0], ends[1], mtu)
  const ports = [open[0](ends[0]), open[1](ends[1])] as const
  t.teardown(() => {
    for (const port of ports) port.close()
  })
  return { ends, ports }
}

/** The same with AF_XDP at both ends. */
export function xdpWire(
  t: ExecutionContext,
  { mtu = 1500, ...options }: AfXdpOptions & { readonly mtu?: number } = {},
): Wire {
  const open: Open = (end) => openXdp(end, options)
  return wireOf(t, [open, open], mtu)
}

export function openXdp({ namespace, name }: LinkEnd, options: AfXdpOptions = {}): PacketPort {
  return openAfXdp(name, { ...options, namespace })
}

/** What a program prints that runs in a namespace. */
export function inside(namespace: LinkEnd['namespace'], ...words: string[]): string {
  return execFileSync('nsenter', [`--net=${namespace.path}`, ...words], { encoding: 'utf8' })
}

/**
 * Frames of an interface go through the backlog of one processor. Else each goes through that of the processor which its
 * sender's queue is emptied on, and two of these can overtake one another, on a busy machine. In a root directory that is no
 * mount nothing can be mounted apart, and that stays possible.
 */
function receiveOnOneProcessor({ namespace, name }: LinkEnd): void {
  const script = `mount -t sysfs sysfs /sys && echo 1 > /sys/class/net/${name}/queues/rx-0/rps_cpus`
  spawnSync('nsenter', [`--net=${namespace.path}`, 'unshare', '--mount', 'sh', '-c', script])
}

/** A wire whose left end has a port more, of some 100 Mbit/s: it holds its frames until they leave. */
export function slowPort(t: ExecutionContext, open: Open = openPacket): Wire & { readonly slow: PacketPort } {
  const made = wire(t)
  const [{ namespace, name }, right] = made.ends
  receiveOnOneProcessor(right)
  const run = (line: string): string => inside(namespace, ...line.split(' '))
  run(`tc qdisc add dev ${name} root tbf rate 25mbit burst 16kb limit 16mb`)
  // Ports pass the queueing discipline of their own interface, and not that of the one below it.
  run(`ip link add slow link ${name} type macvlan`)
  run('ip link set slow up')
  const slow = open({ namespace, name: 'slow' })
  t.teardown(() => slow.close())
  return { ...made, slow }
}

/** In a root directory that is not that of its namespace nobody may make one (user_namespaces(7)). */
function noUserNamespaces(): Obstacle | undefined {
  if (spawnSync('unshare', ['--user', '--map-root-user', 'true']).status === 0) return undefined
  const [own, first] = [statSync('/'), statSync('/proc/1/root/')]
  return { why: 'no user namespace can be made here', isOfKernel: own.ino !== first.ino || own.dev !== first.dev }
}

/** Skipped, and seen to be, in a chroot: root cannot change that. */
export function inUserNamespace(title: string, run: Run): void {
  register(title, run, noNamespaces ?? absent(['unshare']) ?? noUserNamespaces())
}
