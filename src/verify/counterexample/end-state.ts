/**
 * The state that a path leaves, asked for by the names of the functions of which the state before a packet is made: so the
 * state before one packet can be that after another.
 */
import type { SymbolicState } from '../../contracts/symbolic/index.js'
import type { Integer, Integers } from '../../domains/symbolic/integer.js'
import type { FunctionSymbol, Term, Terms } from '../../smt/index.js'
import type { PacketRun, Structure } from '../machine/index.js'

/** What a function or constant of the state before a packet is; undefined for one that is left open. */
export type StateReading = (symbol: FunctionSymbol, args: readonly Term[]) => Term | undefined

/** The state after a run. */
export function endOf(run: PacketRun, integers: Integers): StateReading {
  const states = new Map([...run.states].map(([{ name }, state]) => [name, state] as const))
  return ({ name, range }, [argument]) => {
    const dot = name.lastIndexOf('.')
    const state = dot < 0 ? undefined : states.get(name.slice(0, dot))
    const width = range.kind === 'bitvec' ? range.width : 0
    return state === undefined ? undefined : partOf(state, name.slice(dot + 1), argument, width, integers)
  }
}

/** The state of tables in which there is nothing yet. */
export function emptyState(structures: readonly Structure[], terms: Terms): StateReading {
  return ({ name, range }) => {
    const found = structures.find((structure) => name.startsWith(`${structure.name}.`))
    if (found === undefined || found.origin === 'configuration' || found.kind === 'cht') return undefined
    const what = name.slice(name.indexOf('.') + 1)
    if (what === 'used' || what === 'has') return terms.false
    const isZero = what === 'count' || what === 'kept.0' || what === 'cell'
    return isZero && range.kind === 'bitvec' ? terms.bv(0, range.width) : undefined
  }
}

function partOf(
  state: SymbolicState,
  what: string,
  argument: Term | undefined,
  width: number,
  integers: Integers,
): Term | undefined {
  const bits = (value: Integer): Term => integers.bits(value, width)
  switch (state.structure) {
    case 'expiring_map': {
      const map = state.state
      if (what === 'count') return bits(map.count())
      if (argument === undefined) return undefined
      if (what === 'has') return map.has(argument)
      if (what === 'slot') return bits(map.slotOf(argument))
      const slot = integers.unsigned(argument)
      if (what === 'used') return map.used(slot)
      if (what === 'key') return map.keyAt(slot)
      if (what === 'time') return bits(map.timeAt(slot))
      return what === 'value' ? map.valueAt(slot) : undefined
    }
    case 'dchain': {
      const chain = state.state
      if (what === 'count') return bits(chain.count())
      if (argument === undefined) return undefined
      const index = integers.unsigned(argument)
      if (what === 'used') return chain.used(index)
      return what === 'time' ? bits(chain.timeAt(index)) : undefined
    }
    case 'map': {
      const map = state.state
      if (what === 'count') return bits(map.count())
      if (argument === undefined) return undefined
      if (what === 'has') return map.has(argument)
      return what === 'get' ? bits(map.get(argument)) : undefined
    }
    case 'vector':
      return what === 'cell' && argument !== undefined ? state.state.get(integers.unsigned(argument)) : undefined
    default:
      return undefined
  }
}
