/** Tests that need namespaces of their own: skipped, and seen to be, where this machine does not give them; never in CI. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'

import { VigilError } from '../../src/errors.js'
import {
  type AfPacketOptions,
  createVeth,
  type LinkEnd,
  NetworkNamespace,
  openAfPacket,
  type PacketPort,
} from '../../src/packetio/index.js'

function missing(): string | undefined {
  try {
    NetworkNamespace.create().close()
    return undefined
  } catch (error) {
    if (error instanceof VigilError) return error.message
    throw error
  }
}

const why = missing()

/** `programs` are run by the test besides. */
export function rooted(
  title: string,
  run: (t: ExecutionContext) => void | Promise<void>,
  programs: readonly string[] = [],
): void {
  const absent = programs.filter((program) => !isThere(program))
  const obstacle = why ?? (absent.length === 0 ? undefined : `there is no ${absent.join(', ')}`)
  if (obstacle === undefined) test.serial(title, run)
  // A developer's machine may lack root; what decides what lands may not.
  else if (process.env.CI === undefined) test.skip(title, run)
  else test(title, (t) => t.fail(`cannot be run: ${obstacle}`))
}

function isThere(program: string): boolean {
  return (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, program)))
}

export interface Wire {
  readonly ends: readonly [LinkEnd, LinkEnd]
  readonly ports: readonly [PacketPort, PacketPort]
}

/** A veth pair between two namespaces, each with a port; all of it is gone after the test. */
export function wire(
  t: ExecutionContext,
  { mtu = 1500, ...options }: AfPacketOptions & { readonly mtu?: number } = {},
): Wire {
  const ends = [
    { namespace: NetworkNamespace.create(), name: 'left' },
    { namespace: NetworkNamespace.create(), name: 'right' },
  ] as const
  createVeth(ends[0], ends[1], mtu)
  const open = ({ namespace, name }: LinkEnd): PacketPort => openAfPacket(name, { ...options, namespace })
  const ports = [open(ends[0]), open(ends[1])] as const
  t.teardown(() => {
    for (const port of ports) port.close()
    for (const { namespace } of ends) namespace.close()
  })
  return { ends, ports }
}

/** A wire whose left end has a port more, of some 100 Mbit/s: it holds its frames until they leave. */
export function slowPort(t: ExecutionContext, options: AfPacketOptions = {}): Wire & { readonly slow: PacketPort } {
  const made = wire(t)
  const [{ namespace, name }] = made.ends
  const inside = (line: string): void => {
    execFileSync('nsenter', [`--net=${namespace.path}`, ...line.split(' ')])
  }
  inside(`tc qdisc add dev ${name} root tbf rate 100mbit burst 16kb limit 16mb`)
  // Ports pass the queueing discipline of their own interface, and not that of the one below it.
  inside(`ip link add slow link ${name} type macvlan`)
  inside('ip link set slow up')
  const slow = openAfPacket('slow', { ...options, namespace })
  t.teardown(() => slow.close())
  return { ...made, slow }
}
