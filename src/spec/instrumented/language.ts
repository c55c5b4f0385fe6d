/**
 * The specification language as an instrumented specification imports it: the same, but for the functions that compute
 * with numbers or take ports or sizes, which here take symbolic ones too.
 */
import * as plain from '../index.js'
import type { RecordLayout } from '../record.js'
import { SymbolicClaim } from './claim.js'
import { concreteBinary, isNumeric, MIXED, MIXED_HINT, shown, whole } from './concrete.js'
import { Hooks } from './hooks.js'
import type { Scalar } from './operators.js'
import { errorHere } from './place.js'
import { operators } from './reading.js'
import { SymbolicValue } from './value.js'
import { FormsVerdict, ForwardVerdict } from './verdict.js'

export * from '../index.js'

/** The hooks of one module, made by the code that the loader puts at its head. */
export function hooksOf(file: string, places: readonly (readonly [line: number, column: number])[]): Hooks {
  return new Hooks(file, places)
}

export function div(a: unknown, b: unknown): Scalar {
  const [x, y] = sameKind('div', a, b)
  if (isNumeric(x) && isNumeric(y)) {
    if (y === 0 || y === 0n) throw errorHere('div by zero')
    if (typeof x === 'bigint' && typeof y === 'bigint') return x / y
    if (typeof x === 'number' && typeof y === 'number') return Math.trunc(whole(x) / whole(y)) + 0
  }
  return operators().div(x, y)
}

export function min(a: unknown, b: unknown): Scalar {
  const [x, y] = sameKind('min', a, b)
  if (isNumeric(x) && isNumeric(y)) return concreteBinary('<', y, x) === true ? y : x
  return operators().min(x, y)
}

export function max(a: unknown, b: unknown): Scalar {
  const [x, y] = sameKind('max', a, b)
  if (isNumeric(x) && isNumeric(y)) return concreteBinary('>', y, x) === true ? y : x
  return operators().max(x, y)
}

export function wide(value: unknown): Scalar {
  if (typeof value === 'number') return BigInt(whole(value))
  if (value instanceof SymbolicValue && value.type === 'number') return operators().wide(value)
  throw errorHere(`wide takes a number, not ${shown(value)}`)
}

/** `packet` must leave on exactly this port, or on each of these. */
export function forward(ports: unknown, packet: plain.Packet, site?: plain.Site): plain.Verdict {
  const given: readonly unknown[] = Array.isArray(ports) ? ports : [ports]
  if (given.every((port) => typeof port === 'number')) return plain.forward(given, packet, site)
  return new ForwardVerdict({ kind: 'ports', ports: given.map(portOf) }, packet, site)
}

/** `packet` must leave on exactly the ports of this set; the empty set is a drop. */
export function forwardToSet(set: unknown, packet: plain.Packet, site?: plain.Site): plain.Verdict {
  if (typeof set === 'number') return plain.forwardToSet(set, packet, site)
  return new ForwardVerdict({ kind: 'set', set: portOf(set) }, packet, site)
}

/** Each packet must leave on exactly the ports of its set. */
export function forwardEach(
  forms: readonly (readonly [set: unknown, packet: plain.Packet])[],
  site?: plain.Site,
): plain.Verdict {
  const known = forms.flatMap(([set, packet]) => (typeof set === 'number' ? [[set, packet] as const] : []))
  if (known.length === forms.length) return plain.forwardEach(known, site)
  return new FormsVerdict(
    forms.map(([set, packet]) => ({ egress: { kind: 'set', set: portOf(set) }, packet })),
    site,
  )
}

/** Claims that `holds` is true; what has no truth value of its own is refused, as a condition is. */
export function must(holds: unknown, site?: plain.Site): plain.Claim {
  if (typeof holds === 'boolean') return plain.must(holds, site)
  if (holds instanceof SymbolicValue && holds.type === 'boolean') return new SymbolicClaim(holds, site)
  throw errorHere(`must takes a truth value, not ${shown(holds)}`)
}

function portOf(value: unknown): number | SymbolicValue {
  if (typeof value === 'number') return whole(value)
  if (value instanceof SymbolicValue && value.type === 'number') return value
  throw errorHere(`a port is a number, not ${shown(value)}`)
}

type AnyRecord = RecordLayout<object>

/** Capacities may be left open; what they must be, the reading sees to. */
export function expiringMap(key: AnyRecord, capacity: unknown, value?: AnyRecord): unknown {
  if (isOpenSize(capacity)) return Object.freeze({ kind: 'expiringMap', key, value, capacity })
  const size = numberOf('expiringMap capacity', capacity)
  return value === undefined ? plain.expiringMap(key, size) : plain.expiringMap(key, size, value)
}

export function indexSet(capacity: unknown): unknown {
  if (isOpenSize(capacity)) return Object.freeze({ kind: 'indexSet', capacity })
  return plain.indexSet(numberOf('indexSet capacity', capacity))
}

/** Other sizes and bounds are numbers that are known. */
export function maglev(key: AnyRecord, backends: unknown, height: unknown): unknown {
  return plain.maglev(key, numberOf('maglev backends', backends), numberOf('maglev height', height))
}

export function chosenBy(key: AnyRecord, range: unknown): unknown {
  return plain.chosenBy(key, numberOf('chosenBy range', range))
}

export function slotOf(capacity: unknown): unknown {
  return plain.slotOf(numberOf('slotOf', capacity))
}

export function upTo(bound: unknown): unknown {
  if (typeof bound === 'bigint') return plain.upTo(bound)
  throw bound instanceof SymbolicValue ? leftOpen('upTo') : errorHere(`upTo takes a bigint, not ${shown(bound)}`)
}

function isOpenSize(size: unknown): boolean {
  return size instanceof SymbolicValue && size.type === 'number'
}

function numberOf(what: string, value: unknown): number {
  if (typeof value === 'number') return value
  throw value instanceof SymbolicValue ? leftOpen(what) : errorHere(`${what} is a number, not ${shown(value)}`)
}

function leftOpen(what: string): Error {
  const hint = 'in nf.yaml, anyConfig: { oneOf: [...] } goes through its values one by one'
  return errorHere(`${what} depends on a value that is left open`, hint)
}

type AnyNumber = number | bigint | SymbolicValue

function sameKind(what: string, a: unknown, b: unknown): readonly [AnyNumber, AnyNumber] {
  if (!isNumber(a) || !isNumber(b)) {
    throw errorHere(`${what} takes two numbers or two bigints, not ${shown(a)} and ${shown(b)}`)
  }
  if (kindOf(a) !== kindOf(b)) throw errorHere(`${what}: ${MIXED}`, MIXED_HINT)
  return [a, b]
}

function isNumber(value: unknown): value is AnyNumber {
  return isNumeric(value) || (value instanceof SymbolicValue && value.type !== 'boolean')
}

function kindOf(value: AnyNumber): string {
  return value instanceof SymbolicValue ? value.type : typeof value
}
