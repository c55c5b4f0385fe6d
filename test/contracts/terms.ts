/** A reading of the contracts in which every value is a term, written as text: nothing is known, all is recorded. */
import type { ContractAlgebra, StateOf } from '../../src/contracts/index.js'

export interface TermSorts {
  truth: string
  number: string
  wide: string
  key: string
  value: string
}

const term = (operator: string, ...operands: readonly (string | number | bigint)[]): string =>
  `(${[operator, ...operands].join(' ')})`

export const termAlgebra: ContractAlgebra<TermSorts> = {
  true: 'true',
  false: 'false',
  number: String,
  wide: String,
  widen: (value) => term('widen', value),
  not: (a) => term('not', a),
  and: (a, b) => term('and', a, b),
  or: (a, b) => term('or', a, b),
  implies: (a, b) => term('=>', a, b),
  iff: (a, b) => term('=', a, b),
  eq: (a, b) => term('=', a, b),
  lt: (a, b) => term('<', a, b),
  le: (a, b) => term('<=', a, b),
  add: (a, b) => term('+', a, b),
  sub: (a, b) => term('-', a, b),
  eqWide: (a, b) => term('=', a, b),
  ltWide: (a, b) => term('<', a, b),
  leWide: (a, b) => term('<=', a, b),
  everyIndex: (below, holds) => term('every', 'i', below, holds('i')),
  select: (condition, yes, no) => term('ite', condition, yes, no),
  quotient: (value, divisor) => term('div', value, divisor),
  remainder: (value, divisor) => term('mod', value, divisor),
  isPrime: (value) => term('prime', value),
  sameKey: (a, b) => term('=', a, b),
  byteAt: (bytes, at) => term('byte', bytes, at),
  wordSum: (bytes, start = 0, end) => term('sum', bytes, start, end ?? 'end'),
}

/** States named after themselves; each update is one line of `updates`. */
export function termStates(updates: string[]): StateOf<TermSorts> {
  const query =
    (name: string) =>
    (...operands: string[]): string =>
      operands.length === 0 ? name : term(name, ...operands)
  const update =
    (name: string) =>
    (...operands: string[]): void => {
      updates.push(term(name, ...operands))
    }
  const timed = { used: query('used'), timeAt: query('time'), count: query('count'), countBelow: query('below') }
  return {
    map: {
      capacity: 'capacity',
      keyIn: query('key'),
      has: query('has'),
      get: query('get'),
      count: query('count'),
      put: update('put'),
      erase: update('erase'),
      eraseWhere: (gone, howMany) => update('eraseWhere')(gone('k', 'v'), howMany),
    },
    vector: {
      capacity: 'cells',
      get: query('cell'),
      set: update('set'),
      isLent: query('lent'),
      anyLent: query('anyLent'),
      lend: update('lend'),
      takeBack: update('takeBack'),
    },
    dchain: {
      ...timed,
      capacity: 'capacity',
      allocate: update('allocate'),
      refresh: update('refresh'),
      free: update('free'),
      expire: update('expire'),
    },
    expiring_map: {
      ...timed,
      capacity: 'capacity',
      has: query('has'),
      slotOf: query('slot'),
      keyAt: query('keyAt'),
      valueAt: query('valueAt'),
      insert: update('insert'),
      refresh: update('refresh'),
      setValue: update('setValue'),
      erase: update('erase'),
      expire: update('expire'),
      zeroValue: query('zero'),
    },
    cht: {
      height: 'height',
      backends: 'backends',
      at: query('at'),
      rowOf: query('row'),
      firstLive: (row, isLive) => term('firstLive', row, isLive('b')),
    },
    lpm: {
      capacity: 'capacity',
      count: query('count'),
      has: query('has'),
      lookup: query('lookup'),
      hasRule: query('hasRule'),
      setRule: update('setRule'),
    },
    heap: {
      remaining: query('remaining'),
      take: update('take'),
      cost: (structure, sizes) => term('cost', structure, ...sizes),
    },
    hash: { isKnown: () => 'true', valueOf: query('hash'), learn: () => {} },
    clock: { now: query('now') },
  }
}
