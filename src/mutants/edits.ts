/**
 * What a mutation does to one instruction of a network function: small changes of the kinds that people make by mistake,
 * each leaving a module that still validates or is thrown away.
 */
import { signed, unsigned } from '../wasm/encode.js'
import type { FunctionCode, Instruction, IntegerBinaryName, Module } from '../wasm/index.js'
import { integerBinary, loads, stores } from '../wasm/index.js'
import { nameOf } from './names.js'

/** What kind of mistake it is. */
export type MutationOperator = 'operator' | 'constant' | 'condition' | 'local' | 'call' | 'access'

/** New bytes for one instruction. */
export interface Edit {
  /** `i32.eq becomes i32.ne` */
  readonly what: string
  readonly bytes: readonly number[]
}

/** Operators that are taken for each other. */
const ALIKE: readonly (readonly [IntegerBinaryName, ...IntegerBinaryName[]])[] = [
  ['i32.eq', 'i32.ne'],
  ['i32.lt_s', 'i32.le_s', 'i32.ge_s', 'i32.lt_u'],
  ['i32.lt_u', 'i32.le_u', 'i32.ge_u'],
  ['i32.gt_s', 'i32.ge_s', 'i32.le_s', 'i32.gt_u'],
  ['i32.gt_u', 'i32.ge_u', 'i32.le_u'],
  ['i32.add', 'i32.sub'],
  ['i32.mul', 'i32.add'],
  ['i32.and', 'i32.or'],
  ['i32.shl', 'i32.shr_u'],
  ['i32.shr_s', 'i32.shr_u'],
  ['i32.rotl', 'i32.rotr'],
  ['i64.eq', 'i64.ne'],
  ['i64.lt_s', 'i64.le_s'],
  ['i64.lt_u', 'i64.le_u'],
  ['i64.gt_s', 'i64.ge_s'],
  ['i64.gt_u', 'i64.ge_u'],
  ['i64.add', 'i64.sub'],
  ['i64.mul', 'i64.add'],
  ['i64.and', 'i64.or'],
  ['i64.shl', 'i64.shr_u'],
  ['i64.div_u', 'i64.div_s'],
]

/** An operator, and what is written in its place: the first of a row for all others, and they for it. */
const CONFUSED: ReadonlyMap<number, readonly number[]> = confusedOperators()

function confusedOperators(): ReadonlyMap<number, readonly number[]> {
  const confused = new Map<number, number[]>()
  const add = (one: IntegerBinaryName, other: IntegerBinaryName): void => {
    const opcode = integerBinary[one]
    confused.set(opcode, [...(confused.get(opcode) ?? []), integerBinary[other]])
  }
  for (const [first, ...others] of ALIKE) {
    for (const other of others) {
      add(first, other)
      add(other, first)
    }
  }
  return confused
}

const DROP = 0x1a
const I32_CONST = 0x41
const I64_CONST = 0x42
const I32_EQZ = 0x45
const IF = 0x04
const BR_IF = 0x0d
const CALL = 0x10
const SELECT = 0x1b
const LOCAL_GET = 0x20

/** `original` is the instruction's own bytes. */
export function editsOf(
  module: Module,
  code: FunctionCode,
  instruction: Instruction,
  original: readonly number[],
): { readonly operator: MutationOperator; readonly edits: readonly Edit[] } {
  const { opcode, a, wide } = instruction
  if (opcode === I32_CONST) return { operator: 'constant', edits: constants(BigInt(a), 32) }
  if (opcode === I64_CONST) return { operator: 'constant', edits: constants(wide, 64) }
  if (opcode === IF || opcode === BR_IF || opcode === SELECT) {
    return { operator: 'condition', edits: conditions(nameOf(opcode), original) }
  }
  if (opcode === LOCAL_GET) return { operator: 'local', edits: otherLocals(code, a) }
  if (opcode === CALL) return { operator: 'call', edits: leftOut(module, a) }
  if (loads.has(opcode) || stores.has(opcode)) return { operator: 'access', edits: accesses(opcode, original) }
  return { operator: 'operator', edits: confusions(opcode) }
}

function confusions(opcode: number): readonly Edit[] {
  return (CONFUSED.get(opcode) ?? []).map((other) => ({
    what: `${nameOf(opcode)} becomes ${nameOf(other)}`,
    bytes: [other],
  }))
}

function constants(value: bigint, width: 32 | 64): readonly Edit[] {
  const name = width === 32 ? 'i32.const' : 'i64.const'
  const others = [value + 1n, value - 1n, 0n].filter((other, i, all) => other !== value && all.indexOf(other) === i)
  return others.map((other) => ({
    what: `${name} ${value} becomes ${other}`,
    bytes: [width === 32 ? I32_CONST : I64_CONST, ...signed(BigInt.asIntN(width, other))],
  }))
}

function conditions(name: string, original: readonly number[]): readonly Edit[] {
  return [
    { what: `the condition of ${name} is negated`, bytes: [I32_EQZ, ...original] },
    { what: `the condition of ${name} always holds`, bytes: [DROP, I32_CONST, 1, ...original] },
    { what: `the condition of ${name} never holds`, bytes: [DROP, I32_CONST, 0, ...original] },
  ]
}

/** The neighbours of the same type, which registers are given to in the order of first use. */
function otherLocals(code: FunctionCode, index: number): readonly Edit[] {
  return [index + 1, index - 1]
    .filter((other) => other >= 0 && code.locals[other] === code.locals[index] && code.locals[other] !== undefined)
    .map((other) => ({ what: `local ${index} is read as local ${other}`, bytes: [LOCAL_GET, ...unsigned(other)] }))
}

/** A call that is not made: its arguments are dropped, its result is 1 or 0. */
function leftOut(module: Module, index: number): readonly Edit[] {
  const type = module.functionTypes[index]
  const [result, second] = type?.results ?? []
  if (type === undefined || second !== undefined || (result !== undefined && result !== 'i32')) return []
  const drops = type.params.map(() => DROP)
  const name = calleeName(module, index)
  if (result === undefined) return [{ what: `the call of ${name} is left out`, bytes: drops }]
  return [1, 0].map((answer) => ({
    what: `the call of ${name} is left out, its result taken for ${answer}`,
    bytes: [...drops, I32_CONST, answer],
  }))
}

function calleeName(module: Module, index: number): string {
  const imported = module.imports.filter(({ what }) => what.kind === 'function')[index]
  return imported?.name ?? module.functionNames.get(index) ?? `function ${index}`
}

/** The last byte of an access is the last one of its offset, or the only one. */
function accesses(opcode: number, original: readonly number[]): readonly Edit[] {
  const name = nameOf(opcode)
  const last = original.at(-1) ?? 0
  const edits: Edit[] = []
  if (last < 0x7f) edits.push({ what: `${name} one byte further on`, bytes: [...original.slice(0, -1), last + 1] })
  if (original.length === 3 && last > 0) {
    edits.push({ what: `${name} one byte before`, bytes: [...original.slice(0, -1), last - 1] })
  }
  const store = stores.get(opcode)
  if (store !== undefined) edits.push({ what: `${name} is left out`, bytes: [DROP, DROP] })
  for (const other of (store === undefined ? loads : stores).values()) {
    const access = store ?? loads.get(opcode)
    if (access === undefined || other.type !== access.type || other.opcode === opcode) continue
    // A narrower access whose alignment may still be what is written.
    if (other.bytes * 2 === access.bytes && other.isSigned === access.isSigned) {
      edits.push({ what: `${name} becomes ${other.name}`, bytes: [other.opcode, 0, ...original.slice(2)] })
    }
    if (other.bytes === access.bytes && other.isSigned !== access.isSigned) {
      edits.push({ what: `${name} becomes ${other.name}`, bytes: [other.opcode, ...original.slice(1)] })
    }
  }
  return edits
}
