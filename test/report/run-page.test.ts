import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'

import { indexPage, runPage } from '../../src/report/index.js'
import { type RunResult, shellWord } from '../../src/result/index.js'
import { networkResult, sampleNf, sampleResult, sampleViolation, violatedResult } from '../result/sample.js'
import { temporary } from '../temporary.js'

test('a page needs nothing from elsewhere and runs no script', (t) => {
  const text = runPage(violatedResult())
  t.false(/<script|<link|<img|\bsrc=|url\(|https?:\/\//.test(text))
  t.true(text.includes("default-src 'none'"))
})

const sentences: readonly (readonly [string, RunResult, RegExp])[] = [
  ['holds', sampleResult(), /<h1>nat: all 100 judged packets as specified<\/h1>/],
  ['violated', violatedResult(), /<h1>nat: 2 violations in 100 packets<\/h1>/],
  [
    'undecided',
    sampleResult({ verdict: 'undecided', exitCode: 4, cause: 'vacuous: nothing was forwarded' }),
    /<h1>Undecided: vacuous: nothing was forwarded<\/h1>/,
  ],
  [
    'error',
    sampleResult({ verdict: 'error', exitCode: 2, cause: 'a.pcap: empty', nfs: [] }),
    /<h1>Error: a\.pcap: empty<\/h1>/,
  ],
]
for (const [verdict, result, sentence] of sentences) {
  test(`the verdict ${verdict} is the first sentence of the page`, (t) => {
    const text = runPage(result)
    t.regex(text, sentence)
    t.true(text.includes(`class="banner ${verdict}"`))
  })
}

test('a violation shows its fields, both packets with the differing byte marked, and the clause', (t) => {
  const text = runPage(violatedResult([sampleViolation]))
  t.regex(text, /<td class="mono expected">198\.51\.100\.1<\/td><td class="mono actual">198\.51\.100\.2<\/td>/)
  t.true(text.includes('<mark>01</mark>') && text.includes('<mark>02</mark>'))
  t.true(text.includes('nfs/nat/spec.ts:71 (RFC 3022 section 2.2)'))
})

test('texts of captures and specifications cannot become markup', (t) => {
  const evil = '<img src=x onerror=alert(1)>'
  const nf = sampleNf({
    config: { wan: evil },
    cause: evil,
    violationCount: 1,
    violations: [{ ...sampleViolation, summary: evil, trace: evil }],
    ignored: { [evil]: 1 },
  })
  const text = runPage(sampleResult({ nfs: [nf], command: ['vigil', evil], cause: evil }))
  t.false(text.includes('<img'))
})

test('more violations than shown are counted, not hidden', (t) => {
  const kept = Array.from({ length: 60 }, () => sampleViolation)
  const nf = sampleNf({ verdict: 'violated', violationCount: 1234, violations: kept })
  t.regex(runPage(sampleResult({ verdict: 'violated', nfs: [nf] })), /The first 50 of 1,234 violations; .* holds 60\./)
})

test('the specification is shown with packets for each line, but not once it was changed', (t) => {
  const file = join(temporary('spec'), 'spec.ts')
  const source = 'first line\nreturn drop() // a < b\n'
  writeFileSync(file, source)
  const sha256 = createHash('sha256').update(source).digest('hex')
  const coverage = [{ file, line: 2, kind: 'drop' as const, text: 'return drop()', clause: '', packets: 12345 }]
  const show = () => runPage(sampleResult({ nfs: [sampleNf({ spec: { file, title: 'a spec', sha256 }, coverage })] }))
  t.regex(
    show(),
    /<span class="hit"><em class="lineno">2<\/em><em class="hits">12,345<\/em>return drop\(\) \/\/ a &lt; b<\/span>/,
  )
  writeFileSync(file, 'other line\nreturn any()\n')
  t.false(show().includes('return any()'))
})

test('what happened outside of the network functions is told where anything did', (t) => {
  t.false(runPage(sampleResult()).includes('Outside of the network functions'))
  const text = runPage(networkResult({ 'lost on links': 1234 }))
  t.regex(text, /Outside of the network functions[\s\S]*<dt>lost on links<\/dt><dd>1,234<\/dd>/)
})

test('the index links every run and has the most severe verdict', (t) => {
  const runs = [
    { result: sampleResult(), href: 'one/report.html' },
    { result: violatedResult(), href: 'two/report.html', title: 'a broken one' },
  ]
  const text = indexPage('Two runs', runs)
  t.true(text.includes('href="one/report.html"') && text.includes('href="two/report.html"'))
  t.true(text.includes('class="banner violated"'))
  t.true(text.includes('Two runs: 1 of 2 runs hold'))
})

test('the printed command can be pasted into a shell', (t) => {
  t.is(shellWord('traces/a.pcap'), 'traces/a.pcap')
  t.is(shellWord("it's here"), "'it'\\''s here'")
})
