/** What a conformance suite came to: its cases, what failed, and where the device is known to go its own way. */
import {
  type ConformedCase,
  type ConformSummary,
  type Deviation,
  originLines,
  type RealConformance,
  shownPath,
} from '../result/index.js'
import { count, counted } from './format.js'
import { type Html, html } from './html.js'
import { microseconds } from './real.js'

export function conformSection(conformed: ConformSummary): Html {
  const { cases, failed, config, failing, real, coverage } = conformed
  const goals = coverage === undefined ? [] : Object.entries(coverage)
  return html`<h2 id="cases">Cases</h2><section class="card">
<p>${counted(cases, 'case')}, ${count(failed)} failed; configuration: <code>${config.join(', ') || 'as in nf.yaml'}</code></p>
${
  goals.length > 0 &&
  html`<div class="scroll"><table><tr><th>looked for</th><th class="number">met</th><th class="number">proved unreachable</th><th class="number">not found</th></tr>
${goals.map(([name, { met, unreachable, notFound }]) => html`<tr><td>${name}</td><td class="number">${count(met)}</td><td class="number">${count(unreachable)}</td><td class="number">${count(notFound)}</td></tr>`)}
</table></div>`
}
${real !== undefined && html`<ul class="plain">${conformedLines(real).map((line) => html`<li>${line}</li>`)}</ul>`}
${failing.length > 0 && failingTable(failing)}
</section>
${real !== undefined && real.deviations.length > 0 && deviationsTable(real.deviations)}`
}

/** How it went on real ports, one line each. */
export function conformedLines(real: RealConformance): string[] {
  const { topology, lanes, roundTrip, closedBy, silence, notRun, uncertain, late, timesMoved, said, stray, doubts } =
    real
  return [
    `${topology}: ${counted(lanes, 'device')} side by side`,
    ...(roundTrip === undefined
      ? ['nothing came out']
      : [
          `through the device in ${microseconds(roundTrip.median)} (median), ${microseconds(roundTrip.percentile99)} (99th percentile), ${microseconds(roundTrip.maximum)} at most`,
        ]),
    ...(closedBy.sentinel + closedBy.silence === 0
      ? []
      : [
          `drops are ${silence} ms of silence; in ${counted(closedBy.sentinel, 'case')} a packet came out after them, in ${counted(closedBy.silence, 'case')} none could`,
        ]),
    ...Object.entries(notRun).map(([cause, cases]) => `not run: ${counted(cases, 'case')} that ${cause}`),
    ...(uncertain === 0
      ? []
      : [`in ${counted(uncertain, 'case')} a packet may go another way than meant, since no time is met exactly`]),
    ...(late === 0
      ? []
      : [
          `in ${counted(late, 'case')} a packet was sent or taken so late that it may have gone another way than meant`,
        ]),
    ...(timesMoved === 0 ? [] : [`taken by the device at another time than sent: ${counted(timesMoved, 'packet')}`]),
    ...Object.entries(said).map(([kind, frames]) => `${kind}: ${counted(frames, 'frame')}`),
    ...(stray === 0 ? [] : [`${counted(stray, 'frame')} came between cases`]),
    ...Object.entries(doubts).map(([why, packets]) => `${counted(packets, 'packet')} not judged: ${why}`),
    ...real.notExercised.map((what) => `not exercised on hardware: ${what}`),
  ]
}

function failingTable(failing: readonly ConformedCase[]): Html {
  return html`<h3>Failing cases, made small</h3>
<div class="scroll"><table><tr><th>case</th><th class="number">packets</th><th>what fails</th><th>class</th><th>why</th><th>seen</th><th>to repeat it</th></tr>
${failing.map(({ case: name, class: { kind, reason }, origin, packets, summary, repeats, file }) => html`<tr><td>${name}</td><td class="number">${packets}</td><td>${summary}</td><td>${kind}</td><td>${reason}${origin !== undefined && originLines(origin).map((line) => html`<br>${line}`)}</td><td>${repeats === undefined ? '' : `${repeats.same} of ${repeats.of} times`}</td><td><a href="${file}">${file}</a></td></tr>`)}
</table></div>`
}

function deviationsTable(deviations: readonly Deviation[]): Html {
  return html`<h2 id="deviations">Known deviations</h2><section class="card">
<p>Where the device does something else than the specification says, and is known to.</p>
<div class="scroll"><table><tr><th>packets</th><th>expected</th><th>seen</th><th>why</th><th>line</th><th class="number">times</th></tr>
${deviations.map(({ packet, expected, seen, cause, file, line, packets }) => html`<tr class="${packets === 0 ? 'unseen' : ''}"><td><code>${packet}</code></td><td class="expected">${expected}</td><td class="actual">${seen}</td><td>${cause}</td><td>${shownPath(file)}:${line}</td><td class="number">${count(packets)}</td></tr>`)}
</table></div></section>`
}
