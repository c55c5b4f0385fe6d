/**
 * Carries out a libVig call by its contract: what the caller has to see to becomes obligations, which way the call goes is
 * decided by the path, what libVig is free to choose is a constant within what the contract allows. The same text that
 * libVig is held to is the meaning of the call here.
 */
import { Integer, widthOf } from '../../domains/symbolic/integer.js'
import type { Place } from '../../domains/symbolic/path.js'
import { bitVecSort, type Term } from '../../smt/index.js'
import type { Argument, Loan, Operation, Outcome, Parameter, Parameters } from '../operation.js'
import type { Allocatable, StateOf } from '../sorts.js'
import type { SymbolicAlgebra } from './algebra.js'
import type { Checksums } from './checksums.js'
import type { CallChoices } from './choices.js'
import { knownBytes, type SymbolicSorts } from './sorts.js'

/** Arguments as the contract sees them; nothing for an out. */
export type SymbolicArguments = Record<string, Argument<Parameter, SymbolicSorts>>

export interface CallContext {
  readonly algebra: SymbolicAlgebra
  readonly checksums: Checksums
  /** Indices at which what is assumed of every index is instantiated. */
  readonly indices: () => Iterable<Integer>
  /** Where choices are noted for another run, or taken from one; else any that is allowed is made. */
  readonly choices?: CallChoices
}

/** What a call did. Integers are as wide as they need be; the caller cuts them. */
export interface CallDone {
  /** The outcome's name. */
  readonly outcome: string
  readonly result: Integer | undefined
  /** Undefined where the out is left alone, or where a loan or a creation says what it is. */
  readonly out: Integer | undefined
  readonly chosen: Integer | undefined
  readonly loan:
    | {
        readonly from: string
        readonly part: Loan<Parameters>['part']
        readonly access: 'read' | 'write'
        readonly index: Integer
        readonly seenIn: 'result' | 'out'
      }
    | undefined
  readonly creates: { readonly structure: Allocatable; readonly sizes: readonly Integer[] } | undefined
}

type SymbolicOutcome = Outcome<Parameters>

export function carryOut(
  context: CallContext,
  operation: Operation,
  call: SymbolicArguments,
  place: Place | undefined,
): CallDone {
  const { algebra } = context
  for (const { text, holds } of operation.requires) {
    const what = `${operation.name}: ${text}`
    algebra.path.oblige({
      guarantee: 'precondition',
      what,
      place,
      holds: algebra.evaluate('prove', () => holds(algebra, call)),
    })
  }
  const updated = checksumUpdate(context, operation, call)
  if (updated !== undefined) return { ...nothing, outcome: 'updated', result: updated }
  if (operation.outcomes.length > 1 && operation.outcomes.every(isOnlyResult)) return merged(algebra, operation, call)
  return perform(context, operation, outcomeOf(algebra, operation, call, place), call, place)
}

const nothing = { result: undefined, out: undefined, chosen: undefined, loan: undefined, creates: undefined } as const

/** Which outcome the path takes. Exactly one holds, so the last needs no decision. */
function outcomeOf(
  algebra: SymbolicAlgebra,
  operation: Operation,
  call: SymbolicArguments,
  place: Place | undefined,
): SymbolicOutcome {
  const { outcomes } = operation
  for (const outcome of outcomes.slice(0, -1)) {
    const when = algebra.evaluate('decide', () => outcome.when(algebra, call))
    if (algebra.path.decide(when, place)) return outcome
  }
  const last = outcomes.at(-1)
  if (last === undefined) throw new RangeError(`${operation.name} has no outcome`)
  algebra.path.assume(algebra.evaluate('decide', () => last.when(algebra, call)))
  return last
}

function perform(
  context: CallContext,
  operation: Operation,
  outcome: SymbolicOutcome,
  call: SymbolicArguments,
  place: Place | undefined,
): CallDone {
  const { algebra } = context
  const { choice, loan, creates } = outcome
  const chosen = choice === undefined ? undefined : choose(context, operation, choice, call, place)
  const result = outcome.timeResult?.(algebra, call) ?? outcome.result?.(algebra, call)
  const out = outcome.out?.(algebra, call)
  const done: CallDone = {
    outcome: outcome.name,
    result: choice?.seenIn === 'result' ? chosen : result,
    out: choice?.seenIn === 'out' ? chosen : out,
    chosen,
    loan: loan && {
      from: loan.from,
      part: loan.part,
      access: loan.access,
      seenIn: loan.seenIn,
      index: loan.index(algebra, call),
    },
    creates: creates && { structure: creates.structure, sizes: creates.sizes(algebra, call) },
  }
  outcome.update?.(algebra, call, chosen ?? algebra.number(0))
  return done
}

/** Any number that the contract allows, or the one that another run made; where only one is, that one. */
function choose(
  { algebra, indices, choices }: CallContext,
  operation: Operation,
  choice: NonNullable<SymbolicOutcome['choice']>,
  call: SymbolicArguments,
  place: Place | undefined,
): Integer {
  const { path, integers } = algebra
  const allowed = (number: Integer) =>
    algebra.evaluate('assume', () => choice.allows(algebra, call, number), [...indices(), number])
  const width = choiceWidth(algebra, call, allowed)
  const constant = path.fresh(`${operation.name}.chosen`, bitVecSort(width))
  const number = integers.unsigned(constant)
  const fact = allowed(number)
  if (fact.op === 'eq' && fact.args.includes(constant)) {
    const [only] = fact.args.filter((arg) => arg !== constant)
    if (only !== undefined && only.width === width) return integers.unsigned(only)
  }
  const allowedExactly = (value: Integer) => algebra.evaluate('decide', () => choice.allows(algebra, call, value))
  if (choices?.kind === 'taken') return choices.take({ operation: operation.name, allowed: allowedExactly, place })
  path.assume(fact)
  if (choices?.kind === 'noted') choices.note({ operation: operation.name, chosen: number, allowed: allowedExactly })
  return number
}

const WORD = 32

/** Bits of a choice: those of a slot, where the call has a table and the contract allows nothing beyond its slots. */
function choiceWidth({ path }: SymbolicAlgebra, call: SymbolicArguments, allowed: (number: Integer) => Term): number {
  const all = (1n << BigInt(WORD)) - 1n
  for (const argument of Object.values(call)) {
    if (typeof argument !== 'object' || !('capacity' in argument) || !(argument.capacity instanceof Integer)) continue
    const width = widthOf(0n, argument.capacity.hi - 1n)
    if (width >= WORD) continue
    const beyond = new Integer(path.fresh('beyond', bitVecSort(WORD)), 1n << BigInt(width), all)
    if (allowed(beyond) === path.terms.false) return width
  }
  return WORD
}

function isOnlyResult(outcome: SymbolicOutcome): boolean {
  const { choice, loan, creates, out, timeResult, update } = outcome
  return [choice, loan, creates, out, timeResult, update].every((part) => part === undefined)
}

/** Outcomes that differ in their result only need no decision. */
function merged(algebra: SymbolicAlgebra, operation: Operation, call: SymbolicArguments): CallDone {
  const results = operation.outcomes.map((outcome) => ({
    when: algebra.evaluate('decide', () => outcome.when(algebra, call)),
    result: outcome.result?.(algebra, call),
  }))
  const result = results.reduceRight<Integer | undefined>(
    (otherwise, { when, result: found }) =>
      found === undefined || otherwise === undefined ? (found ?? otherwise) : algebra.select(when, found, otherwise),
    undefined,
  )
  return { ...nothing, outcome: operation.outcomes.map(({ name }) => name).join(' or '), result }
}

/** The result of `checksum_update_*`, which is not spelled out for the solver. */
function checksumUpdate(
  { algebra, checksums }: CallContext,
  operation: Operation,
  call: SymbolicArguments,
): Integer | undefined {
  const width = checksumWidths.get(operation.name)
  const [outcome] = operation.outcomes
  if (width === undefined || outcome === undefined) return undefined
  const { integers } = algebra
  const bits = (name: string, size: number): Term => {
    const argument = call[name]
    if (argument instanceof Integer) return integers.bits(argument, size)
    return knownBytes(isState(argument) ? undefined : argument, operation.name)
  }
  const exact = () => {
    const value = outcome.result?.(algebra, call)
    if (value === undefined) throw new Error(`${operation.name} has no result`)
    return integers.bits(value, CHECKSUM)
  }
  const result = checksums.update(
    operation.name,
    bits('checksum', CHECKSUM),
    bits('old', width),
    bits('fresh', width),
    exact,
  )
  return integers.unsigned(result)
}

const CHECKSUM = 16
/** Bits of the field that changes. */
const checksumWidths: ReadonlyMap<string, number> = new Map([
  ['checksum_update_u16', 16],
  ['checksum_update_u32', 32],
  ['checksum_update_u128', 128],
])

type AnyState = StateOf<SymbolicSorts>[keyof StateOf<SymbolicSorts>]

function isState(argument: Argument<Parameter, SymbolicSorts>): argument is AnyState {
  return typeof argument === 'object' && !('op' in argument) && !('frame' in argument) && !(argument instanceof Integer)
}
