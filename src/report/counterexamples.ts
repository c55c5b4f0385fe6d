/** Counterexamples: the packets, the state, the way through the source, and what was expected against what was seen. */
import {
  type Counterexample,
  conformWords,
  counterexampleParts,
  counterexamplesOf,
  replayWords,
  shellWord,
  type VerifiedNf,
} from '../result/index.js'
import { type Html, html } from './html.js'
import { packetDumps } from './violations.js'

export function counterexamplesSection(nfs: readonly VerifiedNf[]): Html | undefined {
  const all = nfs.flatMap(counterexamplesOf)
  if (all.length === 0) return undefined
  return html`<h2 id="counterexamples">Counterexamples</h2>
<p class="quiet">Each was run on the real binary with the real libVig.</p>${all.map(card)}`
}

function card(found: Counterexample, index: number): Html {
  const { violation } = found
  const parts = counterexampleParts(found).filter(
    ({ title }) => title !== 'shown again by' && title !== 'as a conformance case',
  )
  return html`<section class="card violation">
<h3>${index + 1}. ${violation.instance}: ${violation.summary}</h3>
<dl class="facts">${parts.map(({ title, lines }) => html`<dt>${title}</dt><dd class="mono">${lines.map((line) => html`${line}<br>`)}</dd>`)}</dl>
${packetDumps(violation)}
${again(found)}
</section>`
}

function again(found: Counterexample): Html {
  return html`${replayed(found)}${conformed(found)}`
}

function conformed(found: Counterexample): Html {
  const words = conformWords(found)
  if (words === undefined || 'why' in found.conform) {
    const why = 'why' in found.conform ? found.conform.why : ''
    return html`<p class="quiet small">As a conformance case: none, ${why}</p>`
  }
  return html`<h3>As a conformance case</h3>
<pre>${words.map(shellWord).join(' ')}</pre>
<p class="quiet small"><a href="${found.conform.suite}/suite.json">${found.conform.suite}</a> is beside this page: run it from here, on real ports with <code>--topology</code>.</p>`
}

function replayed(found: Counterexample): Html | undefined {
  const words = replayWords(found)
  if (words === undefined) return undefined
  return html`<h3>Shown again by</h3>
<pre>${words.map(shellWord).join(' ')}</pre>
${found.capture !== undefined && html`<p class="quiet small"><a href="${found.capture}">${found.capture}</a> is beside this page: run it from here.</p>`}`
}
