import test from 'ava'
import fc from 'fast-check'

import { junitXml, type RunResult } from '../../src/result/index.js'
import { sampleNf, sampleResult, sampleViolation, violatedResult } from './sample.js'

const tagPattern = /<(\/?)([a-z-]+)((?:\s+[a-z]+="[^"<&]*(?:&(?:amp|lt|gt|quot|#\d+);[^"<&]*)*")*)\s*(\/?)>/g

/** The names of elements in order; throws where tags are not balanced or text is not escaped. */
function elements(xml: string): string[] {
  const body = xml.replace(/^<\?xml[^>]*\?>/, '')
  const rest = body.replace(tagPattern, '').replace(/&(?:amp|lt|gt|quot|#\d+);/g, '')
  if (/[<>&]/.test(rest)) throw new Error(`left over: ${rest}`)
  const open: string[] = []
  const names: string[] = []
  for (const [, closing, name = '', , empty] of body.matchAll(tagPattern)) {
    if (closing === '/') {
      if (open.pop() !== name) throw new Error(`</${name}> closes nothing`)
    } else {
      names.push(name)
      if (empty !== '/') open.push(name)
    }
  }
  if (open.length > 0) throw new Error(`<${open.join('>, <')}> left open`)
  return names
}

const count = (names: string[], name: string) => names.filter((one) => one === name).length

test('one suite for each instance, one case for each line of the specification', (t) => {
  const nfs = [sampleNf(), sampleNf({ nf: 'firewall', instance: 'edge' })]
  const xml = junitXml(sampleResult({ nfs }))
  t.is(count(elements(xml), 'testsuite'), 2)
  t.is(count(elements(xml), 'testcase'), 8)
  t.true(xml.includes('<testsuite name="firewall (edge)" tests="4" failures="0" errors="0" skipped="1"'))
})

test('a line that no packet reached is skipped, not passed', (t) => {
  t.regex(junitXml(sampleResult()), /spec\.ts:54: return drop\(\)"[^>]*>\s*<skipped message="no packet reached/)
})

test('violations of one line and kind are one failed case with expected and actual', (t) => {
  const xml = junitXml(violatedResult([sampleViolation, { ...sampleViolation, packet: 18 }, sampleViolation]))
  t.is(count(elements(xml), 'failure'), 1)
  t.regex(xml, /ipv4 src: expected 198\.51\.100\.1, actual 198\.51\.100\.2/)
  t.regex(xml, /and 2 more of this kind/)
})

test('an undecided run is an error in the file, never all green', (t) => {
  const nf = sampleNf({ verdict: 'undecided', cause: 'vacuous: nothing was forwarded' })
  const xml = junitXml(sampleResult({ nfs: [nf], verdict: 'undecided', exitCode: 4 }))
  t.regex(xml, /<error message="vacuous: nothing was forwarded">/)
  const broken: RunResult = sampleResult({ nfs: [], verdict: 'error', cause: 'a.pcap: empty', exitCode: 2 })
  t.regex(junitXml(broken), /<error message="a\.pcap: empty">/)
})

test('any text in a result gives a well-formed file', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (summary, clause) => {
      const site = { file: clause, line: 1, text: summary, clause }
      const xml = junitXml(violatedResult([{ ...sampleViolation, summary, site }]))
      // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 forbids these
      return count(elements(xml), 'failure') === 1 && !/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(xml)
    }),
  )
  t.pass()
})
