import test from 'ava'

import { runPage } from '../../src/report/index.js'
import { treeOf } from '../../src/report/path-tree.js'
import type { VerifiedPath } from '../../src/result/index.js'
import {
  proofResult,
  refutedNf,
  sampleCounterexample,
  sampleVerified,
  undecidedNf,
  unfinishedNf,
} from '../result/verified-sample.js'

test('a proof says in its first sentence what holds, and shows each guarantee', (t) => {
  const text = runPage(proofResult([sampleVerified()]))
  t.regex(text, /<h1>nat: proved on 3 paths: meets its specification<\/h1>/)
  t.true(text.includes('<td>bytes</td>'))
  t.false(/<script|<link|<img|\bsrc=|url\(|https?:\/\//.test(text))
})

test('paths that begin alike are one branch of the tree, and every path is a leaf', (t) => {
  const root = treeOf(sampleVerified().pathTree)
  t.deepEqual(
    root.below.map(({ decisions, paths }) => [decisions.map(({ value }) => value), paths]),
    [
      [[false], 1],
      [[true], 2],
    ],
  )
  const leaves = (node: typeof root): readonly VerifiedPath[] => [
    ...(node.path === undefined ? [] : [node.path]),
    ...node.below.flatMap(leaves),
  ]
  t.deepEqual(leaves(root), sampleVerified().pathTree)
})

test('a path on which something is not proved is marked', (t) => {
  const [first, ...others] = sampleVerified().pathTree
  if (first === undefined) return t.fail()
  const text = runPage(proofResult([sampleVerified({ pathTree: [{ ...first, failed: 1 }, ...others] })]))
  t.true(text.includes('not proved'))
  t.true(text.includes('1 of 2 hold'))
})

test('a path that was not run on the real binary never reads as if it was', (t) => {
  const text = runPage(proofResult([sampleVerified()]))
  t.is(text.split('a packet took it on the real binary').length - 1, 2)
  t.true(text.includes('not run on the real binary: the path depends on the value of a hash'))
})

test('a counterexample is shown whole, with the command that shows it again', (t) => {
  const text = runPage(proofResult([refutedNf], { verdict: 'violated', exitCode: 1 }))
  t.regex(text, /<h1>nat: refuted by 1 counterexample<\/h1>/)
  t.true(text.includes('vigil replay counterexample-nat-1.pcapng --nf nat'))
  t.true(text.includes('<a href="counterexample-nat-1.pcapng">'))
  t.true(text.includes('vacuous: it speaks of no packet'))
})

test('why something is not proved has its place', (t) => {
  const text = runPage(proofResult([undecidedNf], { verdict: 'undecided', exitCode: 4, cause: 'bytes' }))
  t.true(text.includes('nat.wasm at byte 0x1f2'))
  t.true(text.includes('nfs/nat/spec.ts:71'))
})

test('a proof that did not end says why', (t) => {
  const text = runPage(proofResult([unfinishedNf], { verdict: 'error', exitCode: 2, cause: unfinishedNf.cause }))
  t.true(text.includes('imports env.printf'))
})

test('texts of sources and packets cannot become markup', (t) => {
  const evil = '<img src=x onerror=alert(1)>'
  const nf = sampleVerified({
    causes: [{ what: evil, paths: 1 }],
    findings: [evil],
    pathTree: [
      {
        decisions: [{ condition: evil, value: true, source: evil, place: { file: evil, line: 1 } }],
        outcome: evil,
        obligations: 0,
        failed: 0,
        seconds: 0,
        confirmed: 'unrealisable',
        why: evil,
      },
    ],
    counterexamples: [{ ...sampleCounterexample, state: [evil], capture: evil, replay: [evil] }],
  })
  t.false(runPage(proofResult([nf])).includes('<img'))
})
