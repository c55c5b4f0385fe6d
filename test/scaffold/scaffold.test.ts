import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import test from 'ava'

import { vigilHere } from '../cli/here.js'
import { isOneLine } from '../cli/vigil.js'
import { withClang } from '../nf/c/with-clang.js'
import { temporary } from '../temporary.js'

const SHARED = ['README.md', 'nf.yaml', 'properties/answers.ts', 'spec.ts']

test.serial('each language has its source, and nothing is left of the name in the templates', async (t) => {
  for (const [language, source] of [
    ['typescript', 'nf.ts'],
    ['c', 'nf.c'],
  ] as const) {
    const cwd = temporary()
    const { code, stdout } = await vigilHere(['new', 'door-2', '--language', language, '--json'], cwd)
    t.is(code, 0)
    const files = [...SHARED, source].sort()
    t.deepEqual(JSON.parse(stdout), { name: 'door-2', language, folder: 'nfs/door-2', files })
    for (const file of files) {
      const text = readFileSync(join(cwd, 'nfs/door-2', file), 'utf8')
      t.notRegex(text, /pinhole/, file)
      if (language === 'c') t.notRegex(text, /\bnf\.ts\b/, file)
    }
    t.deepEqual(readdirSync(join(cwd, 'nfs')), ['door-2'])
  }
})

test.serial('what cannot be a name, or is one already, is refused in a line, and nothing is written', async (t) => {
  const cwd = temporary()
  mkdirSync(join(cwd, 'nfs/mine'), { recursive: true })
  for (const [name, said] of [
    ['Mine', /"Mine" cannot name a network function \(a name has small letters/],
    ['../up', /cannot name/],
    ['mine', /nfs\/mine: is there already \(choose another name\)$/m],
    ['nat', /nat is the name of a network function that comes with Vigil/],
  ] as const) {
    const { code, stderr } = await vigilHere(['new', name], cwd)
    t.is(code, 2, name)
    t.true(isOneLine(stderr))
    t.regex(stderr, said)
  }
  t.deepEqual(readdirSync(join(cwd, 'nfs')), ['mine'])
})

test.serial('where it cannot be written, no part of it is', async (t) => {
  const cwd = temporary()
  writeFileSync(join(cwd, 'nfs'), 'a file')
  const { code, stderr } = await vigilHere(['new', 'mine'], cwd)
  t.is(code, 3)
  t.true(isOneLine(stderr))
  t.regex(stderr, /nfs\/mine cannot be written: /)
  t.false(existsSync(join(cwd, 'nfs/mine')))
})

withClang('the one in C is proved as it is, and traffic is as specified', async (t) => {
  const cwd = temporary()
  await vigilHere(['new', 'mine', '--language', 'c'], cwd)
  for (const words of [
    ['verify', 'mine'],
    ['generate', 'mine.pcap', '--profile', 'firewall', '--packets', '300'],
    ['replay', 'mine.pcap', '--nf', 'mine'],
  ]) {
    const { code, stdout, stderr } = await vigilHere(words, cwd)
    t.is(code, 0, `${words.join(' ')}: ${stderr}${stdout}`)
  }
})

test.serial('without the line that it tells to leave out, a packet that is read beyond its end is shown', async (t) => {
  const cwd = temporary()
  await vigilHere(['new', 'mine'], cwd)
  const file = join(cwd, 'nfs/mine/nf.ts')
  const text = readFileSync(file, 'utf8')
  const [before = '', after = ''] = text.split(/^ *\/\/ Try it: without this line .*\n.*\n/m)
  t.true(after !== '')
  writeFileSync(file, before + after)
  const { code, stdout } = await vigilHere(['verify', 'mine'], cwd)
  t.is(code, 1)
  t.regex(stdout, /it reads 1 bytes at byte 14 of a packet of 14 bytes/)
})
