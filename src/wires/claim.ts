/** Interfaces of this machine: not those that it needs for itself, and each used by one run at a time. */
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { networkInterfaces } from 'node:os'

import { InputError, MachineError } from '../errors.js'
import { linkOf, NetworkNamespace, offloadsOf } from '../packetio/index.js'

/** In a topology file. */
export interface Place {
  readonly file: string
  readonly line: number
}

/** What is wrong with what a line names is told with that line. */
export function placed<T>(where: Place, look: () => T): T {
  try {
    return look()
  } catch (error) {
    const isOurs = error instanceof InputError || error instanceof MachineError
    if (!isOurs || error.where.file !== undefined) throw error
    const Same = error instanceof InputError ? InputError : MachineError
    // What lies behind it is still what the system said.
    throw new Same(error.what, { ...error.where, ...where }, { cause: error.cause })
  }
}

/**
 * Takes an interface for this run. `allow` names those that may be used although this machine uses them too.
 *
 * @returns What holds it until it is closed. @throws InputError with its line where it is not to be had.
 */
export async function claim(name: string, where: Place, allow: readonly string[]): Promise<Server> {
  placed(where, () => {
    if (!allow.includes(name)) refuseOwn(name)
    refuseJoined(name)
  })
  return await lock(name, where)
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
