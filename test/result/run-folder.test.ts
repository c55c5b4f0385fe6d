import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import test from 'ava'

import { InputError } from '../../src/errors.js'
import { checkOut, createRunFolder, type RunFolder } from '../../src/result/index.js'
import { temporary } from '../temporary.js'

const startedAt = new Date('2026-01-02T03:04:05.678Z')

function fill(folder: RunFolder, text = '{}'): void {
  writeFileSync(join(folder.directory, 'result.json'), text)
  folder.publish()
}

test('a run folder is named by time, verb and network function, and latest points at it', (t) => {
  const root = temporary()
  const folder = createRunFolder({ verb: 'replay', subject: 'nat', startedAt, root })
  t.false(existsSync(folder.path))
  fill(folder)
  t.regex(basename(folder.path), /^20260102T030405Z-replay-nat-[0-9a-f]{4}$/)
  t.is(readlinkSync(join(root, 'reports', 'latest')), basename(folder.path))
  t.is(readFileSync(join(root, 'reports', 'latest', 'result.json'), 'utf8'), '{}')
})

test('latest moves to the newer run, and nothing else is left in reports', (t) => {
  const root = temporary()
  const first = createRunFolder({ verb: 'replay', subject: 'nat', startedAt, root })
  fill(first)
  const second = createRunFolder({ verb: 'replay', subject: 'nop', startedAt, root })
  fill(second)
  t.is(readlinkSync(join(root, 'reports', 'latest')), basename(second.path))
  t.deepEqual(readdirSync(join(root, 'reports')).sort(), [basename(first.path), basename(second.path), 'latest'].sort())
})

test('a run that is discarded leaves no folder', (t) => {
  const root = temporary()
  const folder = createRunFolder({ verb: 'replay', subject: 'nat', startedAt, root })
  writeFileSync(join(folder.directory, 'result.json'), '{}')
  folder.discard()
  t.deepEqual(readdirSync(join(root, 'reports')), [])
})

test('--out takes a new directory, an empty one, or that of an earlier run, and leaves latest alone', (t) => {
  const root = temporary()
  const out = join(root, 'mine')
  for (const text of ['first', 'second']) {
    fill(createRunFolder({ verb: 'replay', subject: 'nat', startedAt, root, out }), text)
    t.deepEqual(readdirSync(root), ['mine'])
    t.is(readFileSync(join(out, 'result.json'), 'utf8'), text)
  }
  const empty = join(root, 'empty')
  mkdirSync(empty)
  fill(createRunFolder({ verb: 'replay', subject: 'nat', startedAt, root, out: empty }))
  t.deepEqual(readdirSync(empty), ['result.json'])
})

test('--out never replaces a directory that holds anything else', (t) => {
  const out = temporary()
  writeFileSync(join(out, 'thesis.tex'), 'years of work')
  const options = { verb: 'replay', subject: 'nat', startedAt, out }
  t.throws(() => createRunFolder(options), { instanceOf: InputError, message: /it holds "thesis.tex".*--out/ })
  t.is(readFileSync(join(out, 'thesis.tex'), 'utf8'), 'years of work')
  t.throws(() => createRunFolder({ ...options, out: join(out, 'thesis.tex') }), { message: /not a directory/ })
  for (const check of [checkOut, (name: string) => createRunFolder({ ...options, out: name })]) {
    t.throws(() => check(join(out, 'thesis.tex', 'run')), { instanceOf: InputError, message: /not a directory/ })
  }
})

test('a subject with odd characters still gives one folder inside reports', (t) => {
  const root = temporary()
  const folder = createRunFolder({ verb: 'replay', subject: '../../topologies/my net.yaml', startedAt, root })
  fill(folder)
  t.regex(basename(folder.path), /^20260102T030405Z-replay-topologies-my-net.yaml-[0-9a-f]{4}$/)
  t.true(existsSync(join(root, 'reports', basename(folder.path))))
})
