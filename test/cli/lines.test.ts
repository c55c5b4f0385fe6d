import test from 'ava'

import { oneLine, reportFailure } from '../../src/cli/failure.js'
import { progressLine } from '../../src/cli/progress.js'
import { summary } from '../../src/cli/summary.js'
import { table } from '../../src/cli/table.js'
import type { Terminal } from '../../src/cli/terminal.js'
import { InputError, MachineError } from '../../src/errors.js'
import {
  floodViolation,
  networkResult,
  sampleNf,
  sampleResult,
  sampleViolation,
  violatedResult,
} from '../result/sample.js'

/** A terminal that remembers what was written. */
function recorder(interactive = true): Terminal & { readonly text: () => string } {
  const parts: string[] = []
  return {
    out: (text) => void parts.push(text),
    err: (text) => void parts.push(text),
    interactive,
    columns: 60,
    text: () => parts.join(''),
  }
}

test('progress is one line that is written over, and is gone at the end', (t) => {
  const terminal = recorder()
  let now = 0
  const line = progressLine(terminal, () => now)
  for (const packets of [1000, 2_000_000]) {
    now += 1000
    line.update({ packets, fraction: 0.5 })
  }
  line.clear()
  t.false(terminal.text().includes('\n'))
  t.regex(terminal.text(), /\r1,000 packets \(50 %\), 1,000 a second/)
  t.regex(terminal.text(), /\r2,000,000 packets \(50 %\), 1,000,000 a second/)
  t.regex(terminal.text(), /\r +\r$/)
})

test('progress is silent where nobody watches, and does not flicker', (t) => {
  const silent = recorder(false)
  progressLine(silent).update({ packets: 1 })
  t.is(silent.text(), '')
  const terminal = recorder()
  const line = progressLine(terminal, () => 0)
  for (let packets = 0; packets < 100; packets++) line.update({ packets })
  t.is(terminal.text().match(/packets/g)?.length, 1)
})

test('progress never wraps a narrow terminal', (t) => {
  const terminal = { ...recorder(), columns: 25 }
  const parts: string[] = []
  progressLine({ ...terminal, err: (text) => void parts.push(text) }, () => 9999).update({ packets: 123_456_789_012 })
  t.true(parts.every((part) => part.length <= 25))
})

const failures: readonly (readonly [string, unknown, number, RegExp])[] = [
  ['bad input', new InputError('is empty', { file: 'a.pcap' }), 2, /^vigil: a\.pcap: is empty\n$/],
  ['a machine that cannot', new MachineError('the disk is full'), 3, /^vigil: the disk is full\n$/],
  ['any other error', new TypeError('x is not a function'), 70, /^vigil: x is not .*own error.*--debug.*\n$/],
  ['something that is no error', 'oops', 70, /^vigil: oops \(this is Vigil's own error/],
]
for (const [name, error, exitCode, text] of failures) {
  test(`${name} is one line with exit code ${exitCode}`, (t) => {
    const terminal = recorder()
    t.is(reportFailure(error, terminal, false), exitCode)
    t.regex(terminal.text(), text)
  })
}

test('with --debug there is a stack, and the stack of the cause', (t) => {
  const terminal = recorder()
  const cause = new Error('the cause')
  t.is(reportFailure(new InputError('outer', {}, { cause }), terminal, true), 2)
  t.regex(terminal.text(), /InputError: outer\n {4}at [\s\S]*caused by Error: the cause\n {4}at /)
})

test('texts of files cannot break a line or command the terminal', (t) => {
  t.is(oneLine('a\n  b\u001b[2Jc'), 'a b\ufffd[2Jc')
})

test('a table aligns numbers to the right and leaves no blanks at line ends', (t) => {
  const rows = [
    ['a', '1', 'x'],
    ['bcd', '1,000', ''],
  ]
  t.is(table(rows, ['left', 'right', 'left'], ''), 'a        1  x\nbcd  1,000\n')
})

test('the summary of a violated run tells expected and actual by field, line and clause', (t) => {
  const text = summary(violatedResult(), 'reports/x/report.html')
  t.regex(text, /^✗ violated {2}nat: 2 violations in 100 packets$/m)
  t.regex(text, /^violation 1 of 2: nat, packet 17 of traces\/nat-web\.pcap, port 0$/m)
  t.regex(text, /ipv4 src: expected 198\.51\.100\.1, actual 198\.51\.100\.2/)
  t.regex(text, /nfs\/nat\/spec\.ts:71 \(RFC 3022 section 2\.2\)/)
  t.regex(text, /report: reports\/x\/report\.html\n$/)
})

test('the summary tells three violations, and the number of all', (t) => {
  const many = Array.from({ length: 9 }, () => sampleViolation)
  const text = summary(violatedResult([...many, floodViolation]), 'r')
  t.is(text.match(/^violation \d of 10/gm)?.length, 3)
})

test('the summary says what was dropped by which line, and what was not sent and why', (t) => {
  const text = summary(sampleResult(), 'r')
  t.regex(text, /^ {4}10 {2}nfs\/nat\/spec\.ts:52 \(RFC 3022 4\.1\)$/m)
  t.regex(text, /103 read {2}100 sent {2}TCP and UDP: 94\.7 % came out {2}not sent: 3 cut by snap length/)
})

test('the summary says what happened outside of the network functions, where anything did', (t) => {
  t.notRegex(summary(sampleResult(), 'r'), /network:/)
  const text = summary(networkResult({ 'lost on links': 1234, 'answers rewritten': 1 }), 'r')
  t.regex(text, /^ {2}network: lost on links 1,234, answers rewritten 1\n\nnat: /m)
})

test('a run of several instances names each', (t) => {
  const nfs = [sampleNf({ instance: 'edge' }), sampleNf({ instance: 'core' })]
  const text = summary(sampleResult({ nfs }), 'r')
  t.regex(text, /^edge \(nat\): /m)
  t.regex(text, /^core \(nat\): /m)
})
