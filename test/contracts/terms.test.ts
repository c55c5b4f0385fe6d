import test from 'ava'
import { type Argument, contracts, type Operation, type Parameter } from '../../src/contracts/index.js'
import { termAlgebra as a, type TermSorts, termStates } from './terms.js'

interface Read {
  readonly requires: string[]
  /** For each outcome: when it is, what it gives, what it does. */
  readonly outcomes: string[][]
}

/** A whole contract, read once with its parameters' names for values. */
function read(contract: Operation): Read {
  const updates: string[] = []
  const states = termStates(updates)
  const call: Record<string, Argument<Parameter, TermSorts>> = {}
  for (const [name, parameter] of Object.entries(contract.parameters)) {
    if (parameter.kind === 'handle' || parameter.kind === 'ambient') call[name] = states[parameter.structure]
    else if (parameter.kind !== 'out') call[name] = name
  }
  const outcomes = contract.outcomes.map((outcome) => {
    outcome.update?.(a, call, 'chosen')
    return [
      outcome.when(a, call),
      outcome.choice?.allows(a, call, 'chosen'),
      outcome.loan?.index(a, call),
      outcome.creates?.sizes(a, call).join(' '),
      outcome.result?.(a, call),
      outcome.timeResult?.(a, call),
      outcome.out?.(a, call),
      ...updates.splice(0),
    ].filter((part) => part !== undefined)
  })
  return { requires: contract.requires.map(({ holds }) => holds(a, call)), outcomes }
}

test('every contract can be read without knowing a single value', (t) => {
  for (const contract of contracts.values()) {
    const { requires, outcomes } = read(contract)
    for (const part of [...requires, ...outcomes.flat()]) {
      t.is(typeof part, 'string', contract.name)
      t.notRegex(part, /undefined|object|NaN|=> \{/, contract.name)
    }
  }
})

test('a lookup reads as it is meant', (t) => {
  const contract = contracts.get('map_get')
  t.deepEqual(contract && read(contract), {
    requires: [],
    outcomes: [
      ['(has key)', '1', '(get key)'],
      ['(not (has key))', '0'],
    ],
  })
})

test('a choice and its update read as they are meant', (t) => {
  const contract = contracts.get('expiring_map_insert')
  t.deepEqual(contract && read(contract), {
    requires: ['(not (has key))', '(and (<= 0 now) (< now 4611686018427387904))'],
    outcomes: [
      [
        '(< count capacity)',
        '(and (and (<= 0 chosen) (< chosen capacity)) (not (used chosen)))',
        '1',
        '(insert chosen key now zero)',
      ],
      ['(= count capacity)', '0'],
    ],
  })
})

test('a checksum update reads as one folded sum', (t) => {
  const contract = contracts.get('checksum_update_u16')
  const sum = '(+ (- 65535 checksum) (+ (- 65535 old) fresh))'
  const fold = `(ite (= ${sum} 0) 0 (+ (mod (ite (= ${sum} 0) 0 (- ${sum} 1)) 65535) 1))`
  t.deepEqual(contract && read(contract).outcomes, [['true', `(- 65535 ${fold})`]])
})
