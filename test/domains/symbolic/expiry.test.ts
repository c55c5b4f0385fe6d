/** What a specification has expire before it looks at anything is found on a path that stays whole. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import test from 'ava'

import { Integers } from '../../../src/domains/symbolic/integer.js'
import { SymbolicReading } from '../../../src/domains/symbolic/reading.js'
import { bitVecSort } from '../../../src/smt/index.js'
import { loadInstrumentedSpec } from '../../../src/spec/load/index.js'
import { temporary } from '../../temporary.js'
import { KnownPath } from './known-path.js'

const spec = `import { drop, expiringMap, macAddress, record, spec } from 'vigil-nf/spec'

const Station = record({ mac: macAddress })

export default spec({
  title: 'Expiring here and there',
  config: {},
  state: () => ({ always: expiringMap(Station, 4), sometimes: expiringMap(Station, 4) }),
  process({ ingress, now, always, sometimes }) {
    always.expireOlderThan(now - 5n)
    if (ingress === 0) sometimes.expireOlderThan(now - 7n)
    return drop()
  },
})
`

class WholePath extends KnownPath {
  override decide(): boolean {
    throw new Error('the path parts')
  }
}

test('what expires on a condition is not found, and the path does not part for it', async (t) => {
  const file = join(temporary(), 'spec.ts')
  writeFileSync(file, spec)
  const { spec: instrumented } = await loadInstrumentedSpec(file)
  const reading = new SymbolicReading(instrumented, { values: new Map(), portCount: 2 }, file)
  const path = new WholePath()
  const { terms } = path
  const integers = new Integers(terms)
  const ingress = integers.unsigned(terms.variable('ingress', bitVecSort(1)))
  const now = integers.unsigned(terms.variable('now', bitVecSort(63)))
  t.deepEqual(
    reading.expiry({ path, ingress, now }).map(({ table, place }) => [table, place?.line]),
    [['always', 10]],
  )
})
