import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import test from 'ava'

import { packageRoot } from '../src/package-root.js'
import { temporary } from './temporary.js'

const names = ['nf', 'result', 'topology'] as const
const wrong: readonly unknown[] = [
  3,
  {},
  { name: 'Upper Case', ports: { count: 'two' } },
  { name: 'nop', ports: { count: 2 }, unknown: 1 },
  { title: 'x', nodes: { nf: { nf: 3 } }, inputs: {} },
  { title: 'x', nodes: {}, inputs: {}, links: [{ from: 'a' }] },
]

test.serial('data is held to its schema as Ajv would, by what was compiled and by what was kept of it', async (t) => {
  const folder = temporary('validator')
  process.env.VIGIL_CACHE = folder
  const warned: unknown[] = []
  const { warn } = console
  console.warn = (...words) => void warned.push(words)
  t.teardown(() => {
    console.warn = warn
  })
  // A second instance of the module knows only what is kept.
  for (const instance of ['made', 'kept']) {
    const { faultOf, fits }: typeof import('../src/validator.js') = await import(`../src/validator.js?${instance}`)
    for (const name of names) {
      const schema = JSON.parse(readFileSync(join(packageRoot, `docs/schemas/${name}.schema.json`), 'utf8'))
      const expected = new Ajv({ allowUnionTypes: true, verbose: true }).compile(schema)
      for (const data of wrong) {
        t.is(fits(name, data), expected(data), `${instance} ${name} ${JSON.stringify(data)}`)
        t.deepEqual(faultOf(name), expected.errors?.[0])
      }
    }
    t.is(readdirSync(folder).length, names.length)
  }
  t.deepEqual(warned, [])
})

test.serial('an nf.yaml that is right fits', async (t) => {
  const { faultOf, fits } = await import('../src/validator.js')
  t.true(fits('nf', { name: 'nop', title: 'Nothing', source: 'nf.ts', spec: 'spec.ts', ports: { count: 2 } }))
  t.is(faultOf('nf'), undefined)
})
