/** All paths of a specification by itself: any packet, port, time and state; choices are any that are allowed. */

import { AnyChoices } from '../../src/domains/symbolic/choices.js'
import { SymbolicExpiringMap } from '../../src/domains/symbolic/expiring-map.js'
import { ExpiringMapBase } from '../../src/domains/symbolic/expiring-map-base.js'
import { SymbolicIndexAllocator } from '../../src/domains/symbolic/index-allocator.js'
import { IndexAllocatorBase } from '../../src/domains/symbolic/index-allocator-base.js'
import { type Integer, Integers } from '../../src/domains/symbolic/integer.js'
import { SymbolicMaglev } from '../../src/domains/symbolic/maglev.js'
import type { Path } from '../../src/domains/symbolic/path.js'
import { type SymbolicOutcome, SymbolicReading } from '../../src/domains/symbolic/reading.js'
import { Run } from '../../src/domains/symbolic/run.js'
import type { Scope } from '../../src/domains/symbolic/scope.js'
import { recordCodec, type StateBinding } from '../../src/domains/symbolic/state-binding.js'
import { WrittenFrame } from '../../src/domains/symbolic/written-frame.js'
import { bitVecSort, type SyncSolver, Terms } from '../../src/smt/index.js'
import { loadInstrumentedSpec } from '../../src/spec/load/index.js'
import type { StateDeclaration } from '../../src/spec/state.js'
import type { SpecConfig } from '../../src/spec/values.js'
import { type Exploration, explore } from '../../src/verify/exploration/explore.js'

const LONGEST = 1514n

export async function exploreSpec(
  file: string,
  config: SpecConfig,
  solver: SyncSolver,
): Promise<Exploration<SymbolicOutcome>> {
  const { spec } = await loadInstrumentedSpec(file)
  const reading = new SymbolicReading(spec, config, file)
  const terms = new Terms()
  return explore((path) => runOn(path, reading), { terms, solver })
}

function runOn(path: Path, reading: SymbolicReading): SymbolicOutcome {
  const { terms } = path
  const integers = new Integers(terms)
  const bounded = (name: string, bits: number, most: bigint): Integer => {
    const value = integers.unsigned(terms.variable(name, bitVecSort(bits)))
    path.assume(integers.le(value, integers.of(most)))
    return integers.within(value, 0n, most)
  }
  const now = bounded('now', 62, 2n ** 62n - 1n)
  const last = bounded('last', 62, 2n ** 62n - 1n)
  path.assume(integers.le(last, now))
  const length = terms.variable('packet.length', bitVecSort(16))
  path.assume(integers.le(integers.unsigned(length), integers.of(LONGEST)))
  const scope = { path, integers, last }
  const frame = WrittenFrame.arbitrary(scope, 'packet', length)
  return reading.run({
    path,
    frame,
    ingress: bounded('ingress', 8, BigInt(reading.portCount) - 1n),
    now,
    states: new Map(
      Object.entries(reading.declarations).map(([name, declared]) => [name, bind(scope, reading, name, declared)]),
    ),
    choices: new AnyChoices(path, integers),
  })
}

function bind(scope: Scope, reading: SymbolicReading, name: string, declared: StateDeclaration): StateBinding {
  const { integers, path } = scope
  const run = new Run(path, reading.portCount, scope.last)
  switch (declared.kind) {
    case 'expiringMap': {
      const key = recordCodec(name, declared.key)
      const value = declared.value && recordCodec(name, declared.value)
      const shape = {
        name,
        capacity: integers.of(BigInt(declared.capacity)),
        keyBits: key.bits,
        valueBits: value?.bits ?? 0,
        refinements: (entry: {
          readonly key: Parameters<typeof key.facts>[1]
          readonly value: Parameters<typeof key.facts>[1] | undefined
        }) => [
          ...key.facts(run, entry.key),
          ...(value === undefined || entry.value === undefined ? [] : value.facts(run, entry.value)),
        ],
      }
      return { kind: 'expiringMap', state: new SymbolicExpiringMap(new ExpiringMapBase(scope, shape, 'arbitrary')) }
    }
    case 'indexSet': {
      const shape = { name, capacity: integers.of(BigInt(declared.capacity)) }
      return { kind: 'indexSet', state: new SymbolicIndexAllocator(new IndexAllocatorBase(scope, shape, 'arbitrary')) }
    }
    case 'maglev': {
      const ring = new SymbolicMaglev(scope, {
        name,
        height: integers.of(BigInt(declared.height)),
        backends: integers.of(BigInt(declared.backends)),
      })
      const choices = new AnyChoices(path, integers)
      return { kind: 'maglev', state: { ring, rowOf: (key) => choices.chooseBy(`${name} row`, key, ring.height) } }
    }
    case 'chosenBy':
      return { kind: 'chosenBy' }
  }
}
