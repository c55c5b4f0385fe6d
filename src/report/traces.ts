/** What was read and sent: the traces, what was skipped and why, what happened on the way, and the plan. */

import type { ReplaySummary, TraceSummary } from '../result/index.js'
import { count, share } from './format.js'
import { type Html, html } from './html.js'
import { realPart } from './real.js'

export function tracesSection({ topology, traces, plan, network = {}, real }: ReplaySummary): Html {
  return html`<h2>Traces</h2>
<section class="card"><div class="scroll"><table>
<tr><th>file</th><th>format</th><th class="number">read</th><th class="number">sent</th><th>not sent, by cause</th><th class="number">TCP and UDP sent</th><th class="number">came out</th><th class="number">translated</th></tr>
${traces.map(traceRow)}
</table></div>
${real !== undefined && realPart(real)}
${networkPart(Object.entries(network))}
<h3>Plan</h3>
<p class="quiet">Topology: ${topology}</p>
${plan.length > 0 && html`<ul class="plain">${plan.map((line) => html`<li>${line}</li>`)}</ul>`}
</section>`
}

function networkPart(counts: readonly (readonly [string, number])[]): Html | false {
  return (
    counts.length > 0 &&
    html`<h3>Outside of the network functions</h3>
<dl class="facts">${counts.map(([name, times]) => html`<dt>${name}</dt><dd>${count(times)}</dd>`)}</dl>`
  )
}

function traceRow(trace: TraceSummary): Html {
  const { transportSent, transportForwarded, transportTranslated } = trace
  const skipped = Object.entries(trace.skipped).filter(([, packets]) => packets > 0)
  const part = (packets: number) =>
    html`${count(packets)} <span class="quiet small">${share(packets, transportSent)}</span>`
  return html`<tr><td class="mono">${trace.file}</td><td>${trace.format}</td><td class="number">${count(trace.packetsRead)}</td><td class="number">${count(trace.packetsSent)}</td>
<td>${skipped.length === 0 ? html`<span class="quiet">none</span>` : skipped.map(([cause, packets], i) => html`${i > 0 && html`<br>`}${cause}: ${count(packets)}`)}</td>
<td class="number">${count(transportSent)}</td><td class="number">${part(transportForwarded)}</td><td class="number">${part(transportTranslated)}</td></tr>`
}
