import { readFileSync } from 'node:fs'
import test from 'ava'

import { printedPages } from '../../src/cli/docs.js'
import { vigilHere } from './here.js'
import { isOneLine, vigil } from './vigil.js'

const refusals: readonly (readonly [string, readonly string[], RegExp])[] = [
  [
    'a command that does not exist',
    ['frobnicate'],
    /no command "frobnicate" \(commands: new, verify, derive, conform, replay, run, stress, compare, list, generate, doctor\)/,
  ],
  ['an unknown option', ['list', '--colour'], /unknown option '--colour' \(see vigil list --help\)/],
  ['an argument too many', ['list', 'everything'], /too many arguments/],
  ['a missing argument', ['generate'], /missing required argument 'file'/],
  ['a missing value', ['generate', 'x.pcap', '--seed'], /option '--seed <number>' argument missing/],
  ['a value that is no number', ['generate', 'x.pcap', '--packets', 'many'], /--packets "many" \(an integer from 1/],
  ['a share above 1', ['generate', 'x.pcap', '--udp', '1.5'], /--udp "1\.5" \(a share: 0 to 1/],
  ['shares that are too much', ['generate', 'x.pcap', '--syn-flood', '0.9', '--other', '0.9'], /add up to 1\.91/],
  ['a network that is none', ['generate', 'x.pcap', '--clients', '10.0.0.0/33'], /--clients "10\.0\.0\.0\/33"/],
  ['an unknown profile', ['generate', 'x.pcap', '--profile', 'router'], /no profile "router" \(profiles: nop, nat/],
  ['two lengths', ['generate', 'x.pcap', '--packets', '1', '--duration', '1s'], /exclude each other/],
  ['stations without stations', ['generate', 'x.pcap', '--moves', '0.1'], /--macs 40, or --profile bridge/],
  ['a folder that does not exist', ['generate', 'no/where/x.pcap'], /no\/where\/x\.pcap: cannot write it/],
]
for (const [name, words, message] of refusals) {
  test.serial(`${name} is one line and exit code 2`, async (t) => {
    const { code, stdout, stderr } = await vigilHere(words)
    t.is(code, 2)
    t.is(stdout, '')
    t.true(isOneLine(stderr), stderr)
    t.regex(stderr, message)
  })
}

test.serial('no command at all prints the help on standard error, exit code 2', async (t) => {
  const { code, stdout, stderr } = await vigil([])
  t.deepEqual([code, stdout], [2, ''])
  t.regex(stderr, /^Usage: vigil <command>/)
})

test.serial('--version prints the version of package.json', async (t) => {
  const text: unknown = JSON.parse(readFileSync('package.json', 'utf8'))
  const { code, stdout } = await vigil(['--version'])
  t.is(code, 0)
  t.like(text, { version: stdout.trim() })
})

test.serial('--help of the program and of a command is on standard output, with examples', async (t) => {
  for (const words of [['--help'], ['generate', '--help'], ['list', '-h']]) {
    const { code, stdout, stderr } = await vigilHere(words)
    t.deepEqual([code, stderr], [0, ''])
    t.regex(stdout, words.length === 1 ? /Commands:/ : /Examples:\n {2}\$ vigil /)
  }
})

test.serial('--debug adds the stack of an error', async (t) => {
  const { code, stderr } = await vigilHere(['generate', 'x.pcap', '--profile', 'router', '--debug'])
  t.is(code, 2)
  t.regex(stderr, /InputError: there is no profile "router".*\n {4}at /)
})

for (const [name, text] of printedPages()) {
  test.serial(`docs/${name} is what the program prints`, (t) => {
    t.is(readFileSync(`docs/${name}`, 'utf8'), text, 'run: node build/src/cli/write-docs.js')
  })
}
