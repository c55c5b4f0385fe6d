/**
 * A run as JUnit XML, as continuous integration servers read it: one suite for each network function instance. Where
 * packets were judged, it has one case for each line of the specification (skipped where no packet reached it), one
 * failed case for each group of violations, and one that says whether the run was decided. Where it was proved, it has
 * the cases of junit-proof.ts.
 */

import type { ConformedCase } from './conformed.js'
import { libvigCases } from './junit-libvig.js'
import { type Case, proofCases } from './junit-proof.js'
import { originLines } from './origin-text.js'
import type { RunNf, RunResult } from './run.js'
import type { StressTest } from './stressed.js'
import type { SiteCount, Violation } from './types.js'
import { siteText, violationText } from './violation-text.js'
import { xmlAttribute, xmlText } from './xml.js'

/** The file's text. */
export function junitXml(result: RunResult): string {
  const suites =
    result.nfs.length > 0
      ? result.nfs.map((nf) => suite(result, suiteName(nf), casesOf(nf, result.conform?.failing)))
      : []
  const libvig = result.libvig === undefined ? [] : [suite(result, 'libvig', libvigCases(result.libvig))]
  const isTold = suites.length + libvig.length > 0
  const whole = isTold && result.verdict !== 'error' ? [] : [suite(result, 'run', [decided(result)])]
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites name="vigil">',
    ...suites,
    ...libvig,
    ...whole,
    '</testsuites>',
    '',
  ]
    .flat()
    .join('\n')
}

function suiteName({ nf, instance }: RunNf): string {
  return nf === instance ? nf : `${nf} (${instance})`
}

function casesOf(nf: RunNf, failing: readonly ConformedCase[] = []): readonly Case[] {
  if (nf.kind === 'verified') return proofCases(nf)
  if (nf.kind === 'unfinished') return [{ name: 'the proof comes to an end', outcome: 'error', message: nf.cause }]
  if (nf.kind === 'stressed') return nf.tests.map(stressCase)
  return [
    decided(nf),
    ...nf.coverage.map(lineCase),
    ...groups(nf.violations).map((group) => failedCase(group, failing)),
  ]
}

/** A load test has figures: its case fails only where none could be had. What came out wrong is told of the whole run. */
function stressCase({ title, size, cause, figures }: StressTest): Case {
  const name = `${title}, ${size} bytes`
  if (cause !== undefined) return { name, outcome: 'error', message: cause }
  const text = figures.map((figure) => `${figure.name}: ${figure.mean} ${figure.unit}`).join('\n')
  return { name, outcome: 'passed', text }
}

function decided({ verdict, cause }: { readonly verdict: string; readonly cause?: string }): Case {
  const name = 'every packet is judged'
  if (verdict === 'undecided' || verdict === 'error') return { name, outcome: 'error', message: cause ?? verdict }
  return { name, outcome: 'passed' }
}

function lineCase(site: SiteCount): Case {
  const name = `${siteText(site)}: ${site.text}`
  if (site.packets > 0) return { name, outcome: 'passed', text: `${site.packets} packets` }
  return { name, outcome: 'skipped', message: 'no packet reached this line' }
}

/** Of a suite, the classes of the group's cases that were looked into. */
function failedCase(group: readonly [Violation, ...Violation[]], failing: readonly ConformedCase[]): Case {
  const [first, ...rest] = group
  const name = `${first.site === undefined ? first.kind : siteText(first.site)}: ${first.summary}`
  const more = rest.length > 0 ? `\n\n... and ${rest.length} more of this kind` : ''
  const cases = new Set(group.map(({ trace }) => trace))
  const looked = failing.filter((each) => cases.has(each.case))
  const kinds = [...new Set(looked.map((each) => each.class.kind))]
  const lines = looked.flatMap((each) => [
    `\n${each.case}: ${each.class.kind}: ${each.class.reason}`,
    ...(each.origin === undefined ? [] : originLines(each.origin).map((line) => `\n  ${line}`)),
  ])
  const classes = lines.length > 0 ? `\n${lines.join('')}` : ''
  const text = violationText(first) + more + classes
  return {
    name,
    outcome: 'failure',
    message: first.summary,
    text,
    ...(kinds.length > 0 ? { type: kinds.join(', ') } : {}),
  }
}

/** Violations of one line and kind, in order of their first. */
function groups(violations: readonly Violation[]): readonly (readonly [Violation, ...Violation[]])[] {
  const found = new Map<string, [Violation, ...Violation[]]>()
  for (const violation of violations) {
    const fields = violation.differences.map(({ layer, field }) => `${layer}.${field}`)
    const key = [violation.kind, violation.site?.file, violation.site?.line, ...fields].join('|')
    const group = found.get(key)
    if (group === undefined) found.set(key, [violation])
    else group.push(violation)
  }
  return [...found.values()]
}

function suite(result: RunResult, name: string, cases: readonly Case[]): readonly string[] {
  const count = (outcome: Case['outcome']) => cases.filter((one) => one.outcome === outcome).length
  const counts = `tests="${cases.length}" failures="${count('failure')}" errors="${count('error')}" skipped="${count('skipped')}"`
  const time = `time="${result.durationSeconds}" timestamp="${xmlAttribute(result.startedAt)}"`
  return [
    `  <testsuite name="${xmlAttribute(name)}" ${counts} ${time}>`,
    ...cases.flatMap((one) => caseLines(name, one)),
    '  </testsuite>',
  ]
}

function caseLines(suiteName: string, { name, outcome, message = '', type, text = '' }: Case): readonly string[] {
  const open = `    <testcase name="${xmlAttribute(name)}" classname="${xmlAttribute(suiteName)}"`
  if (outcome === 'passed') {
    return text === ''
      ? [`${open}/>`]
      : [`${open}>`, `      <system-out>${xmlText(text)}</system-out>`, '    </testcase>']
  }
  const typed = type === undefined ? '' : ` type="${xmlAttribute(type)}"`
  return [
    `${open}>`,
    `      <${outcome} message="${xmlAttribute(message)}"${typed}>${xmlText(text)}</${outcome}>`,
    '    </testcase>',
  ]
}
