/** The part of a page about one network function of a proof: verdict, figures, causes, findings. */
import { nameOf, type ProofCause, placeText, type RunNf, type UnfinishedNf, type VerifiedNf } from '../result/index.js'
import { pill } from './banner.js'
import { count, counted, seconds } from './format.js'
import { type Html, html } from './html.js'
import { configuration } from './nf-section.js'

/** @param all Of the run. */
export function verifiedSection(nf: VerifiedNf, all: readonly RunNf[]): Html {
  return html`<h2 id="nf-${nf.instance}">${nameOf(nf, all)} ${pill(nf.verdict)}</h2>
<section class="card">
<p><b>${nf.spec.title}</b></p>
<p class="quiet">${counted(nf.paths, 'path')}, ${counted(nf.obligations, 'obligation')}, ${counted(nf.solver.queries, 'call')} of ${nf.solver.name} (${seconds(nf.solver.seconds)}), ${seconds(nf.seconds)} and at most ${count(Math.round(nf.peakMegabytes))} MB in all. Configuration: ${nf.configurations}.</p>
${causes(nf.causes)}
${findings(nf.findings)}
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

function findings(list: readonly string[]): Html | undefined {
  if (list.length === 0) return undefined
  return html`<h3>What was found out</h3>
<ul class="plain">${list.map((finding) => html`<li>${finding}</li>`)}</ul>`
}
