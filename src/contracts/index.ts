/**
 * What each libVig export promises, as data: preconditions, and the ways a call can go, over the abstract structures of
 * src/domains. One text, generic over the domain, with three readers: the model-based tests hold the compiled libVig to
 * it, the symbolic stepper takes it as the meaning of an NF's imports, and libVig's own proof takes it as its goal.
 *
 * Where all preconditions of an operation hold, exactly one of its outcomes does. What the implementation may choose
 * (which free slot) is a `choice` with a predicate, and nothing else is open. An out that no outcome mentions is left
 * unchanged. Sources are cited at each operation.
 *
 * `libvigSignatures` is the list of the libVig functions that an NF may import, with their WebAssembly types. What only
 * the host calls (`libvig_reset`, `libvig_set_time`, ...) is not in it.
 */
import { checksumContracts } from './checksum.js'
import { expiratorContracts } from './expirator.js'
import { expiringMapContracts } from './expiring-map.js'
import { hashContracts } from './hash.js'
import { indexAllocatorContracts } from './index-allocator.js'
import { lpmContracts } from './lpm.js'
import { maglevContracts } from './maglev.js'
import { mapContracts } from './map.js'
import { type Operation, type Signature, signatureOf } from './operation.js'
import { randomContracts } from './random.js'
import type { Allocatable } from './sorts.js'
import { timeContracts } from './time.js'
import { vectorContracts } from './vector.js'

export * from './operation.js'
export * from './sorts.js'

const all: readonly Operation[] = [
  ...mapContracts,
  ...vectorContracts,
  ...indexAllocatorContracts,
  ...expiratorContracts,
  ...expiringMapContracts,
  ...maglevContracts,
  ...lpmContracts,
  ...hashContracts,
  ...checksumContracts,
  ...timeContracts,
  ...randomContracts,
]

/** Every contract by the name of its export. */
export const contracts: ReadonlyMap<string, Operation> = new Map(all.map((contract) => [contract.name, contract]))

/** How many sizes each allocator takes; `<structure>_cost` takes the same and returns bytes as an i64. */
const sizeCounts: Readonly<Record<Allocatable, number>> = {
  map: 2,
  vector: 2,
  dchain: 1,
  expiring_map: 3,
  cht: 2,
  lpm: 1,
}

const costSignatures = Object.entries(sizeCounts).map(([structure, sizes]): [string, Signature] => [
  `${structure}_cost`,
  { parameters: Array.from({ length: sizes }, () => 'i32' as const), results: ['i64'] },
])

/** The functions that an NF may import from `libvig`, with their types. */
export const libvigSignatures: Readonly<Record<string, Signature>> = Object.fromEntries([
  ...all.map((contract): [string, Signature] => [contract.name, signatureOf(contract)]),
  ...costSignatures,
])
