/**
 * Network namespaces of a run. They have no name and are held by an open file of this process, so that the kernel frees
 * them with all that is in them however this process ends.
 */
import { openSync } from 'node:fs'

import { MachineError } from '../errors.js'
import { asked, codeOf, type NamespaceFd, native } from './native.js'

/** Neighbour discovery, router solicitation and DAD would mix their frames into a test. */
const QUIET = [
  ['/proc/sys/net/ipv6/conf/all/disable_ipv6', '1'],
  ['/proc/sys/net/ipv6/conf/default/disable_ipv6', '1'],
] as const

export class NetworkNamespace {
  readonly fd: NamespaceFd

  private constructor(fd: NamespaceFd) {
    this.fd = fd
  }

  /** A new one, in which the kernel says nothing by itself. @throws MachineError without the privilege. */
  static create(): NetworkNamespace {
    const made = new NetworkNamespace(asked((addon) => addon.createNamespace()))
    for (const [path, value] of QUIET) made.#writeIfThere(path, value)
    return made
  }

  /** One that another thread of this process holds open. */
  static held(fd: NamespaceFd): NetworkNamespace {
    return new NetworkNamespace(fd)
  }

  /** That at a path such as /proc/PID/ns/net. @throws MachineError where it may not be opened. */
  static at(path: string): NetworkNamespace {
    try {
      return new NetworkNamespace(openSync(path, 'r'))
    } catch (cause) {
      throw new MachineError(
        `the network namespace ${path} cannot be opened`,
        { hint: 'as who made it, or root' },
        { cause },
      )
    }
  }

  /** That of this process. */
  static readonly present = new NetworkNamespace(-1)

  /** A path by which programs such as nsenter find it while it is open. */
  get path(): string {
    return this.fd < 0 ? '/proc/self/ns/net' : `/proc/${process.pid}/fd/${this.fd}`
  }

  /** Writes a setting below /proc/sys/net. */
  write(path: string, value: string): void {
    asked((addon) => addon.writeSetting(this.fd, path, value))
  }

  /** It ends once no port and no process is in it. */
  close(): void {
    if (this.fd >= 0) native().closeNamespace(this.fd)
  }

  /** A kernel without IPv6 has no such settings. */
  #writeIfThere(path: string, value: string): void {
    try {
      this.write(path, value)
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error
    }
  }
}
