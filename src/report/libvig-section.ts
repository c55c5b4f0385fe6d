/** The part of a page about libVig's own proof: for each operation what it holds for, and how that is known. */
import type { VerifiedLibvig, VerifiedOperation, VerifiedScope } from '../result/index.js'
import { placeText } from '../result/index.js'
import { pill } from './banner.js'
import { count, counted, seconds } from './format.js'
import { type Html, html } from './html.js'

export function libvigSection({ verdict, sha256, operations, solver, seconds: time }: VerifiedLibvig): Html {
  return html`<h2 id="libvig">libVig ${pill(verdict)}</h2>
<section class="card">
<p>Each operation against its contract, from every state of its structures that their invariants allow and with any arguments: it does what is promised, leaves the invariants true, and touches nothing else.</p>
<p class="quiet">${counted(solver.queries, 'call')} of ${solver.name} (${seconds(solver.seconds)}), ${seconds(time)} in all. Binary: <span class="mono">${sha256.slice(0, 16)}</span>.</p>
<div class="scroll"><table><tr><th>operation</th><th>verdict</th><th>held by</th><th>for</th><th class="number">paths</th><th class="number">obligations</th><th class="number">time</th></tr>
${operations.map(row)}
</table></div>
</section>`
}

function row(entry: VerifiedOperation): Html {
  const { operation, verdict, heldBy, cause, scopes } = entry
  const sum = (pick: (scope: VerifiedScope) => number): number =>
    scopes.reduce((total, scope) => total + pick(scope), 0)
  const where = scopes.find((scope) => scope.place !== undefined)?.place
  const why =
    cause === undefined
      ? undefined
      : html`<br><span class="quiet">${cause}${where === undefined ? '' : `, ${placeText(where)}`}</span>`
  return html`<tr><td class="mono">${operation}</td><td>${verdict}</td><td>${heldBy}</td>
<td>${scopes.map(({ scope }) => html`${scope}<br>`)}${why}</td><td class="number">${count(sum(({ paths }) => paths))}</td>
<td class="number">${count(sum(({ obligations }) => obligations))}</td><td class="number">${seconds(sum((scope) => scope.seconds))}</td></tr>`
}
