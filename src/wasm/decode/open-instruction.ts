import type { Branch } from '../module.js'

/** An instruction while its function is read: where it goes is filled in at the end of the block. */
export interface OpenInstruction {
  readonly opcode: number
  readonly offset: number
  a: number
  b: number
  wide: bigint
  branches: readonly Branch[]
  targets: readonly number[]
}
