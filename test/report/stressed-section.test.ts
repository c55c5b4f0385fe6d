import test from 'ava'

import { stressSummary } from '../../src/cli/stress-summary.js'
import { curves, histogram } from '../../src/report/chart.js'
import { figureText, nanoseconds, percent, runPage } from '../../src/report/index.js'
import { junitXml } from '../../src/result/index.js'
import { sampleStressed, sampleTest, stressedResult } from '../result/stressed-sample.js'

test('the page has the figures of every test, curves, latencies, and the tester beside them', (t) => {
  const page = runPage(stressedResult())
  for (const text of [
    '<h1>nat: 3 load tests, none of 990 frames came out wrong, 64 of them held to the specification</h1>',
    '1,050/s ± 635/s',
    'tester-limited',
    '1,900/s: 12.5 % lost, tester-limited',
    'aria-label="frames of 64 bytes by latency"',
    '2 out of order; 1 lost by the tester itself',
    'The tester alone, port to port',
    'Not exercised on hardware: network cards',
    'seconds of a trial: 0.5, not 60',
  ]) {
    t.true(page.includes(text), text)
  }
  t.false(/<script|<link|<img|\bsrc=|url\(|https?:\/\/|results\.sarif/.test(page))
})

test('frames that came out wrong are said first', (t) => {
  const page = runPage(stressedResult({ framesCorrupt: 3, framesMisdirected: 1 }, { verdict: 'violated', exitCode: 1 }))
  t.true(page.includes('<h1>nat: 3 load tests, 4 frames came out wrong, 64 of them held to the specification</h1>'))
})

test('a test without a figure says why', (t) => {
  const tests = [sampleTest({ figures: [], cause: 'there is no <throughput> to start from', isComplete: false })]
  t.true(runPage(stressedResult({ tests })).includes('there is no &lt;throughput&gt; to start from'))
  t.regex(stressSummary(stressedResult({ tests }), 'x'), /64 B +there is no <throughput> to start from/)
})

test('the terminal has the same figures', (t) => {
  const text = stressSummary(stressedResult(), 'reports/x/report.html')
  t.regex(
    text,
    /^✓ holds {2}nat: 3 load tests, none of 990 frames came out wrong, 64 of them held to the specification$/m,
  )
  t.regex(text, /64 B {2}throughput {2}1,050\/s ± 635\/s {2}tester-limited$/m)
  t.regex(text, /1,900\/s {2}12\.5 % lost {2}tester-limited$/m)
  t.regex(text, /report: reports\/x\/report\.html$/m)
})

test('junit.xml has a case for each test, which fails where it has no figure', (t) => {
  t.regex(junitXml(stressedResult()), /<testcase [^>]*name="throughput, quick, 64 bytes"/)
  const tests = [sampleTest({ cause: 'interrupted', isComplete: false })]
  t.regex(junitXml(stressedResult({ tests })), /<error message="interrupted"/)
})

test('figures are short and have their units', (t) => {
  t.deepEqual([999, 12_345, 1.5e6, 2.5e9].map(nanoseconds), ['999 ns', '12.3 µs', '1.5 ms', '2.5 s'])
  t.deepEqual([0, 1e-6, 0.125, 1].map(percent), ['0 %', '< 0.01 %', '12.5 %', '100 %'])
  const figure = { name: 'x', better: 'higher', values: [], mean: 1234.5 } as const
  t.is(figureText({ ...figure, unit: 'frames' }), '1,235 frames')
  t.is(figureText({ ...figure, unit: 's', mean: 0.001, margin: 1e-6 }), '1 ms ± 1 µs')
})

test('a chart of nothing is none, and one point is drawn within its bounds', (t) => {
  const options = { label: 'x', x: String, y: String }
  t.is(curves([], options), undefined)
  t.is(histogram([], options), undefined)
  const text = String(curves([{ name: 'a', colour: 'forwarded', points: [{ x: 0, y: 0, title: 'p' }] }], options))
  t.false(/NaN|Infinity/.test(text + String(histogram([{ from: 1, to: 1, count: 1 }], options))))
})

test('a result without a latency of the tester has an empty cell', (t) => {
  const [first] = sampleStressed().testers
  if (first === undefined) return t.fail()
  const { latency: _, ...tester } = first
  t.true(runPage(stressedResult({ testers: [tester] })).includes('<td class="number"></td>'))
})

test('what the specification says of frames is shown, and what is wrong with the first that are', (t) => {
  t.true(
    runPage(stressedResult()).includes(
      '64 frames of a share of the conversations were held to the specification: 0 were',
    ),
  )
  const wrong = { framesWrong: 2, framesUndecided: 1, wrongFrames: ['frame 5 of a trial: its <length>'] }
  const page = runPage(stressedResult(wrong, { verdict: 'violated', exitCode: 1 }))
  t.true(page.includes('2 were not as it says; of 1 more it cannot be told'))
  t.true(page.includes('frame 5 of a trial: its &lt;length&gt;'))
  t.true(runPage(stressedResult({ framesJudged: 0 })).includes('No frame was held to the specification'))
})
