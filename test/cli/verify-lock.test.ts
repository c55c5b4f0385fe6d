import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import test from 'ava'

import { temporary } from '../temporary.js'
import { gate } from '../verify/gate.js'
import { vigilHere } from './here.js'
import { isOneLine } from './vigil.js'

/** In one thread: other tests run beside it. */
const prove = ['verify', '.', '--jobs', '1']

test.serial(
  '--lock keeps what was found out, the next proof begins with it, and one that is wrong is refused or told',
  async (t) => {
    const cwd = gate(t)
    const lock = join(cwd, 'verify.lock.yaml')
    const first = await vigilHere([...prove, '--lock', '--verbose'], cwd)
    t.is(first.code, 0, first.stderr)
    t.regex(readFileSync(lock, 'utf8'), /stations:\n {4}structure: expiring_map1\n {4}key:\n/)
    t.false(/begun with/.test(first.stdout))
    const kept = readFileSync(lock, 'utf8')
    const second = await vigilHere([...prove, '--verbose'], cwd)
    t.is(second.code, 0, second.stderr)
    t.regex(second.stdout, /begun with verify\.lock\.yaml/)
    t.is(readFileSync(lock, 'utf8'), kept)
    const more = kept.replace(
      '\nmemory:',
      '\n    invariants:\n      - kind: never\n        part: key\n        field: mac\n        value: "5"\nmemory:',
    )
    writeFileSync(lock, more)
    t.is((await vigilHere([...prove, '--lock'], cwd)).code, 0)
    t.is(readFileSync(lock, 'utf8'), more, 'what properties have needed stays')
    writeFileSync(lock, kept.replace('order: big', 'order: odd'))
    const third = await vigilHere(prove, cwd)
    t.is(third.code, 2)
    t.true(isOneLine(third.stderr))
    t.regex(third.stderr, /verify\.lock\.yaml:\d+:\d+: order is big or little/)
  },
)

test.serial('where there is no state, or nothing is proved of it, there is nothing to keep', async (t) => {
  for (const odd of [['--binary', 'x.wasm'], ['--list'], ['--property', 'x']]) {
    const { code, stderr } = await vigilHere(['verify', 'nop', '--lock', ...odd])
    t.is(code, 2)
    t.true(isOneLine(stderr))
    t.regex(stderr, new RegExp(`--lock and ${odd[0]}`))
  }
  const { code } = await vigilHere(['verify', 'nop', '--lock', '--out', join(temporary(), 'run')])
  t.is(code, 0)
  t.false(existsSync('nfs/nop/verify.lock.yaml'))
})
