import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { catalog } from '../../src/catalog/index.js'
import { temporary } from '../temporary.js'
import { vigilHere } from './here.js'

const names = catalog(temporary()).nfs.map(({ name }) => name)

test.serial('the network functions, topologies and traces of the package are listed anywhere', async (t) => {
  const { code, stdout, stderr } = await vigilHere(['list'])
  t.deepEqual([code, stderr], [0, ''])
  for (const name of names) t.regex(stdout, new RegExp(`^ {2}${name}: `, 'm'))
  t.regex(stdout, /two-port/)
})

test.serial('--json prints the same as data', async (t) => {
  const { stdout } = await vigilHere(['list', '--json'])
  const found: unknown = JSON.parse(stdout)
  t.like(found, { nfs: names.map((name) => ({ name })), problems: [] })
})

const nf = (name: string, title: string) => `name: ${name}\ntitle: ${title}\nsource: nf.ts\nports: { count: 2 }\n`

test.serial('the working directory comes first, and its own network functions are listed too', async (t) => {
  const cwd = temporary()
  for (const name of ['nat', 'mine']) {
    mkdirSync(join(cwd, 'nfs', name), { recursive: true })
    writeFileSync(join(cwd, 'nfs', name, 'nf.yaml'), nf(name, `my ${name}`))
    writeFileSync(join(cwd, 'nfs', name, 'nf.ts'), '')
  }
  const { stdout } = await vigilHere(['list'], cwd)
  t.regex(stdout, /^ {2}nat: my nat$/m)
  t.regex(stdout, /^ {2}mine: my mine$/m)
  t.regex(stdout, /^ {2}firewall: /m)
})

test.serial('a broken nf.yaml is one line with file and line, and hides nothing else', async (t) => {
  const cwd = temporary()
  mkdirSync(join(cwd, 'nfs', 'broken'), { recursive: true })
  writeFileSync(join(cwd, 'nfs', 'broken', 'nf.yaml'), 'name: broken\nports: many\n')
  const { code, stdout, stderr } = await vigilHere(['list'], cwd)
  t.is(code, 2)
  t.regex(stderr, /^vigil: .*nfs\/broken\/nf\.yaml:\d+.*\n$/)
  t.regex(stdout, /^ {2}nat: /m)
})
