/**
 * The interfaces of a run: opened only where this machine does not need them for itself, and by one run at a time.
 */
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { networkInterfaces } from 'node:os'

import { InputError } from '../errors.js'
import { linkOf, NetworkNamespace, offloadsOf, openPort, type PacketPort } from '../packetio/index.js'
import type { PortBackend, TopologyInterface } from '../testbed/index.js'

export interface Opened {
  readonly ports: readonly PacketPort[]
  close(): void
}

/** Where a topology names interfaces. */
export interface Named {
  readonly file: string
  readonly interfaces: readonly TopologyInterface[]
  readonly allow: readonly string[]
  readonly backend: PortBackend
}

/**
 * Opens them in the order given.
 *
 * @throws InputError with the line of the one that is not there, down, in use, or this machine's own.
 */
export async function openInterfaces({ file, interfaces, allow, backend }: Named): Promise<Opened> {
  const ports: PacketPort[] = []
  const locks: Server[] = []
  const close = (): void => {
    for (const port of ports) port.close()
    for (const lock of locks) lock.close()
  }
  try {
    for (const { interface: name, line } of interfaces) {
      const where = { file, line }
      placed(where, () => {
        if (!allow.includes(name)) refuseOwn(name)
        refuseJoined(name)
      })
      locks.push(await lock(name, where))
      ports.push(placed(where, () => openPort(backend, name)))
    }
  } catch (error) {
    close()
    throw error
  }
  return { ports, close }
}

/** One for each port of the device, which is called `node`. @throws InputError where one has none, or there is no such port. */
export function inPortOrder(
  node: string,
  portCount: number,
  { file, interfaces }: Pick<Named, 'file' | 'interfaces'>,
): readonly TopologyInterface[] {
  const beyond = interfaces.find(({ port }) => port >= portCount)
  if (beyond !== undefined) {
    throw new InputError(`there is no port ${node}.${beyond.port}: it has ${portCount}`, { file, line: beyond.line })
  }
  return Array.from({ length: portCount }, (_, port) => {
    const found = interfaces.find((each) => each.port === port)
    if (found !== undefined) return found
    throw new InputError(`port ${node}.${port} has no interface`, { file, hint: 'under ports.interfaces' })
  })
}

interface Place {
  readonly file: string
  readonly line: number
}

/** What is wrong with an interface is told with the line that names it. */
function placed<T>(where: Place, look: () => T): T {
  try {
    return look()
  } catch (error) {
    if (!(error instanceof InputError) || error.where.file !== undefined) throw error
    throw new InputError(error.what, { ...error.where, ...where }, { cause: error })
  }
}

/** What is sent by a test would reach what else uses the interface, and the other way round. */
function refuseOwn(name: string): void {
  const { isEnslaved } = linkOf(NetworkNamespace.present, name)
  const address = addressesOf(name)[0]
  const use =
    name === 'lo'
      ? 'is the loopback of this machine'
      : isEnslaved
        ? 'belongs to a bridge or bond'
        : address !== undefined
          ? `carries the address ${address}`
          : hasDefaultRoute(name)
            ? 'has the default route'
            : undefined
  if (use === undefined) return
  throw new InputError(`interface ${name} ${use}`, { hint: 'name it under ports.allow to use it all the same' })
}

/** Of link-local ones every interface has some. */
function addressesOf(name: string): readonly string[] {
  return (networkInterfaces()[name] ?? []).map(({ address }) => address).filter((each) => !/^fe[89ab]/i.test(each))
}

function hasDefaultRoute(name: string): boolean {
  // proc(5): interface, destination, ...; and destination, prefix length, ..., interface.
  const v4 = linesOf('/proc/net/route').some(([device, destination, , , , , , mask]) => {
    return device === name && destination === '00000000' && mask === '00000000'
  })
  return v4 || linesOf('/proc/net/ipv6_route').some((words) => words[1] === '00' && words.at(-1) === name)
}

function linesOf(file: string): readonly (readonly string[])[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
  } catch {
    // A kernel without IPv6 has no such file.
    return []
  }
}

/** Frames that the kernel has joined are longer than any that was sent. */
function refuseJoined(name: string): void {
  const joins = offloadsOf(NetworkNamespace.present, name).includes('generic-receive')
  if (joins) throw new InputError(`interface ${name} joins segments`, { hint: `ethtool -K ${name} gro off` })
}

/** A name of this network namespace, which the kernel frees however this process ends. */
function lock(name: string, where: Place): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy())
    server.unref()
    server.once('error', (cause) => {
      const isTaken = 'code' in cause && cause.code === 'EADDRINUSE'
      const hint = 'end that one first'
      reject(
        isTaken ? new InputError(`interface ${name} is used by another run`, { ...where, hint }, { cause }) : cause,
      )
    })
    server.listen({ path: `\0vigil-interface-${name}` }, () => resolve(server))
  })
}
