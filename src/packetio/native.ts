/**
 * The addon (native/, C): its types, and where it is. It is built by `npm run build` where there is a C compiler; all that
 * needs no ports works without it.
 */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

import { InputError, MachineError, type VigilError } from '../errors.js'
import { packageRoot } from '../package-root.js'

/** An open port, known to the addon only. */
export type Handle = { readonly handle: unique symbol }

/** A pacer, known to the addon only. */
export type PacerHandle = { readonly pacerHandle: unique symbol }

/** A file descriptor of a network namespace; -1 is that of this process. */
export type NamespaceFd = number

export interface NativeCounts {
  readonly received: number
  readonly receivedBytes: number
  readonly sent: number
  readonly sentBytes: number
  readonly lost: number
  readonly oversize: number
  readonly refused: number
}

export interface NativeLink {
  readonly name: string
  readonly kind: string
  readonly mac: ArrayBuffer
  readonly index: number
  readonly flags: number
  readonly carrier: number
  readonly mtu: number
  readonly master: number
  readonly received: number
  readonly sent: number
  readonly receiveDropped: number
  readonly sendDropped: number
  readonly receiveErrors: number
  readonly sendErrors: number
}

/** Functions throw errors with `code` (`EPERM`) and `operation` (`making a veth pair`). */
export interface Native {
  openAfPacket(
    name: string,
    namespace: NamespaceFd,
    ringBytes: number,
    fanout: number,
    promiscuous: boolean,
    transmitBytes: number,
  ): Handle
  openRawIp(name: string, namespace: NamespaceFd, fillsIdentification: boolean): Handle
  receive(port: Handle, arena: ArrayBuffer, frames: ArrayBuffer, first: number, count: number): number
  send(port: Handle, arena: ArrayBuffer, frames: ArrayBuffer, first: number, count: number): number
  counts(port: Handle): NativeCounts
  close(port: Handle): void
  lend(port: Handle): number
  borrow(lease: number): Handle
  wait(ports: readonly Handle[], milliseconds: number, forSending: boolean): number
  startPacer(
    ports: readonly Handle[],
    arena: ArrayBuffer,
    frames: ArrayBuffer,
    paced: ArrayBuffer,
    origin: bigint,
    spin: number,
  ): PacerHandle
  pacerPublish(pacer: PacerHandle, head: number): void
  pacerBegun(pacer: PacerHandle): number
  pacerFinished(pacer: PacerHandle): number
  stopPacer(pacer: PacerHandle): number
  clockOffset(): bigint
  createNamespace(): NamespaceFd
  closeNamespace(namespace: NamespaceFd): void
  writeSetting(namespace: NamespaceFd, path: string, text: string): void
  createVeth(namespace: NamespaceFd, name: string, peerNamespace: NamespaceFd, peer: string, mtu: number): void
  setLink(namespace: NamespaceFd, name: string, up: number, mtu: number, mac: ArrayBuffer): void
  getLink(namespace: NamespaceFd, name: string): NativeLink
  giveAddress(namespace: NamespaceFd, name: string, address: ArrayBuffer, gateway: ArrayBuffer): void
  ipVersions(namespace: NamespaceFd, name: string): number
  offloads(namespace: NamespaceFd, name: string, wanted: number): number
  readonly offloadNames: readonly string[]
}

export const addonFile = optionalAddonFile('packetio')

/** That of an optional back-end, such as `af_xdp`. */
export function optionalAddonFile(name: string): string {
  return join(packageRoot, 'build/native', `${name}.node`)
}

let loaded: Native | undefined

/** @throws MachineError where it was not built. */
export function native(): Native {
  if (loaded === undefined) {
    if (!existsSync(addonFile)) {
      throw new MachineError('packet I/O was not built', {
        hint: 'install a C compiler (Debian: gcc libc6-dev) and run npm run build; vigil doctor tells more',
      })
    }
    const addon: Native = createRequire(import.meta.url)(addonFile)
    loaded = addon
  }
  return loaded
}

/** Runs what asks the addon. @throws VigilError in place of the addon's own errors. */
export function asked<T>(ask: (addon: Native) => T): T {
  const addon = native()
  return translated(() => ask(addon))
}

/** Runs what asks any of the addons. @throws VigilError in place of their own errors. */
export function translated<T>(ask: () => T): T {
  try {
    return ask()
  } catch (error) {
    throw errorOf(error)
  }
}

/** The system's code behind an error of a port, such as `EMSGSIZE`. */
export function codeOf(error: unknown): string | undefined {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof Error && 'code' in cause ? String(cause.code) : undefined
}

function errorOf(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || !('operation' in error)) return error
  return told(error.message, String(error.code), error)
}

function told(message: string, code: string, cause: Error): VigilError {
  if (code === 'ENODEV') return new InputError(message, { hint: 'ip link lists the interfaces there are' }, { cause })
  if (code === 'EPERM' || code === 'EACCES') {
    return new MachineError(
      message,
      { hint: 'needs CAP_NET_ADMIN, CAP_NET_RAW and CAP_SYS_ADMIN, as root has' },
      { cause },
    )
  }
  return new MachineError(message, {}, { cause })
}
