/** The part of a page about one network function of a proof: verdict, figures, causes, guarantees, properties, paths. */
import {
  type GuaranteeCount,
  nameOf,
  type PassedOverProperty,
  type ProofCause,
  placeText,
  type RunNf,
  type UnfinishedNf,
  type VerifiedNf,
  type VerifiedProperty,
} from '../result/index.js'
import { pill } from './banner.js'
import { count, counted, seconds } from './format.js'
import { type Html, html } from './html.js'
import { configuration } from './nf-section.js'
import { pathTreeSection } from './path-tree.js'
import { provedSource } from './spec-source.js'

/** @param all Of the run. */
export function verifiedSection(nf: VerifiedNf, all: readonly RunNf[]): Html {
  return html`<h2 id="nf-${nf.instance}">${nameOf(nf, all)} ${pill(nf.verdict)}</h2>
<section class="card">
<p><b>${nf.spec.title}</b></p>
<p class="quiet">${counted(nf.paths, 'path')}, ${counted(nf.obligations, 'obligation')}, ${counted(nf.solver.queries, 'call')} of ${nf.solver.name} (${seconds(nf.solver.seconds)}), ${seconds(nf.seconds)} and at most ${count(Math.round(nf.peakMegabytes))} MB in all. ${nf.proof !== undefined && `${count(nf.confirmed)} of these paths were taken by a packet on the real binary. `}Configuration: ${nf.configurations}.</p>
${causes(nf.causes)}
${guarantees(nf.guarantees)}
${properties(nf.properties, nf.passedOver)}
${pathTreeSection(nf.pathTree)}
${findings(nf.findings)}
${provedSource(nf)}
${configuration(nf)}
</section>`
}

export function unfinishedSection(nf: UnfinishedNf, all: readonly RunNf[]): Html {
  return html`<h2 id="nf-${nf.instance}">${nameOf(nf, all)} ${pill(nf.verdict)}</h2>
<section class="card"><p><b>Why:</b> ${nf.cause}</p></section>`
}

function causes(list: readonly ProofCause[]): Html | undefined {
  if (list.length === 0) return undefined
  return html`<h3>Why it is not proved</h3>
<div class="scroll"><table><tr><th>what</th><th>where</th><th class="number">paths</th></tr>
${list.map(({ what, place, paths }) => html`<tr><td>${what}</td><td class="mono">${place === undefined ? '' : placeText(place)}</td><td class="number">${count(paths)}</td></tr>`)}
</table></div>`
}

const meanings: Readonly<Record<string, string>> = {
  'no trap': 'no instruction traps',
  memory: 'every access stays where the binary may be',
  precondition: 'libVig is called as its contract asks',
  verdict: 'the packet leaves by the ports of the specification, or by none',
  bytes: 'every byte of what leaves is as specified',
  state: 'tables are left as specified, and the invariant holds again',
  specification: 'the specification itself never leaves its numbers and tables',
  isolation: 'nothing depends on memory that an earlier packet left',
}

function guarantees(list: readonly GuaranteeCount[]): Html | undefined {
  if (list.length === 0) return undefined
  return html`<h3>Guarantees</h3>
<div class="scroll"><table><tr><th>guarantee</th><th></th><th class="number">obligations</th><th class="number">not shown</th></tr>
${list.map(({ guarantee, obligations, failed }) => html`<tr><td>${guarantee}</td><td class="quiet">${meanings[guarantee]}</td><td class="number">${count(obligations)}</td><td class="number ${failed > 0 ? 'actual' : ''}">${count(failed)}</td></tr>`)}
</table></div>`
}

const verdictOf = { proved: 'holds', refuted: 'violated', undecided: 'undecided' } as const

function properties(
  list: readonly VerifiedProperty[],
  passedOver: readonly PassedOverProperty[] = [],
): Html | undefined {
  if (list.length + passedOver.length === 0) return undefined
  return html`<h3>Properties</h3>
<div class="scroll"><table><tr><th>property</th><th>says</th><th>verdict</th><th class="number">paths</th><th class="number">obligations</th><th class="number">time</th></tr>
${list.map(propertyRow)}
${passedOver.map(passedOverRow)}
</table></div>`
}

function passedOverRow({ name, title, clause, needs, place }: PassedOverProperty): Html {
  return html`<tr class="quiet"><td><code>${name}</code><br><span class="small">${placeText(place)}</span></td>
<td>${title}${clause !== '' && html`<br><span class="small">${clause}</span>`}</td>
<td colspan="4">passed over: needs ${needs}</td></tr>`
}

function propertyRow(one: VerifiedProperty): Html {
  const { name, title, clause, verdict, cause, place, paths, obligations, seconds: time } = one
  return html`<tr><td><code>${name}</code><br><span class="quiet small">${placeText(place)}</span></td>
<td>${title}${clause !== '' && html`<br><span class="quiet small">${clause}</span>`}${cause !== undefined && html`<br><b>Why:</b> ${cause}`}</td>
<td>${pill(verdictOf[verdict])}</td><td class="number">${count(paths)}</td><td class="number">${count(obligations)}</td><td class="number">${seconds(time)}</td></tr>`
}

function findings(list: readonly string[]): Html | undefined {
  if (list.length === 0) return undefined
  return html`<h3>What was found out</h3>
<ul class="plain">${list.map((finding) => html`<li>${finding}</li>`)}</ul>`
}
