/** The part of a page about one network function that was loaded: figures, curves, latencies, the tester beside them. */
import {
  nameOf,
  type RunNf,
  type StressedNf,
  type StressLatency,
  type StressTest,
  type StressTester,
  type StressTrial,
} from '../result/index.js'
import { pill } from './banner.js'
import { curves, histogram } from './chart.js'
import { count, counted } from './format.js'
import { type Html, html } from './html.js'
import { configuration } from './nf-section.js'
import {
  directionCells,
  directionHead,
  figureText,
  latencyColumns,
  limitText,
  nanoseconds,
  oddities,
  percent,
  perSecond,
} from './stress-text.js'

const colours = ['forwarded', 'rewritten', 'flooded', 'violated', 'undecided', 'dropped', 'unspecified'] as const

/** @param all Of the run. */
export function stressedSection(nf: StressedNf, all: readonly RunNf[]): Html {
  const names = [...new Set(nf.tests.map(({ name }) => name))]
  return html`<h2 id="nf-${nf.instance}">${nameOf(nf, all)} ${pill(nf.verdict)}</h2>
<section class="card">
<p><b>${nf.spec.title}</b></p>
<p class="quiet">${counted(nf.framesSent, 'frame')} sent, ${count(nf.framesReceived)} received, in ${counted(nf.flows, 'flow')} of IPv${nf.ip}, ${nf.direction === 'both' ? 'all directions at once' : 'one direction'}; topology ${nf.topology}, device ${nf.device}, profile ${nf.profile.name}.</p>
${nf.cause !== undefined && html`<p><b>Why:</b> ${nf.cause}</p>`}
${judgedPart(nf)}
<p>Not exercised on hardware: ${nf.notExercised.join('; ')}.</p>
${names.map((name) => testPart(nf.tests.filter((test) => test.name === name)))}
${testerPart(nf.testers)}
<details><summary>How it was sent, and how that differs from the RFCs</summary>
<ul class="plain">${nf.plan.map((line) => html`<li>${line}</li>`)}</ul>
<h3>Deviations</h3><ul class="plain">${nf.deviations.map((line) => html`<li>${line}</li>`)}</ul></details>
${portsPart(nf)}
${configuration(nf)}
</section>`
}

/** What the specification says of those that came out. */
function judgedPart({ framesJudged, framesWrong, framesUndecided, wrongFrames }: StressedNf): Html {
  const open = framesUndecided === 0 ? '' : `; of ${count(framesUndecided)} more it cannot be told`
  if (framesJudged === 0) return html`<p class="quiet">No frame was held to the specification${open}.</p>`
  const rest = `${count(framesWrong)} were not as it says${open}`
  return html`<p class="quiet">${counted(framesJudged, 'frame')} of a share of the conversations were held to the specification: ${rest}.</p>
${wrongFrames.length > 0 && html`<ul class="plain">${wrongFrames.map((what) => html`<li class="actual">${what}</li>`)}</ul>`}`
}

/** One test, of all sizes. */
function testPart(tests: readonly StressTest[]): Html {
  const latencies = tests.flatMap(({ size, latency }) => (latency === undefined ? [] : [{ size, latency }]))
  return html`<h3>${tests[0]?.title ?? ''}</h3>
<div class="scroll"><table><tr><th class="number">bytes</th><th>figure</th><th class="number">mean, 95 % confidence</th><th>each</th><th></th></tr>
${tests.map(figureRows)}
</table></div>
${curvesOf(tests)}
${latencies.length > 0 && latencyTable(latencies)}
${latencies.map(({ size, latency }) => html`<p class="quiet small">${size} bytes: ${counted(latency.count, 'frame')} by latency</p>${histogramOf(size, latency)}`)}
${tests.map(directionsOf)}
${tests.map(notesOf)}
${tests.map(trialsOf)}`
}

function figureRows(test: StressTest): Html {
  const { size, figures, limit, cause } = test
  const remark = cause ?? limitText(limit)
  if (figures.length === 0) return html`<tr><td class="number">${size}</td><td colspan="4">${remark}</td></tr>`
  return html`${figures.map(
    (figure, i) =>
      html`<tr><td class="number">${size}</td><td>${figure.name}</td><td class="number">${figureText(figure)}</td><td>${figure.values.map((value) => figureText({ ...one(figure), mean: value })).join(', ')}</td><td>${i === 0 && remark}</td></tr>`,
  )}`
}

function one({ margin: _, ...figure }: StressTest['figures'][number]): StressTest['figures'][number] {
  return figure
}

/** Loss by rate where it was measured, else the throughput by size. */
function curvesOf(tests: readonly StressTest[]): Html | undefined {
  const colour = (index: number): string => colours[index % colours.length] ?? 'forwarded'
  const lossy = tests.filter(({ points }) => points.length > 0)
  if (lossy.length > 0) {
    const list = lossy.map(({ size, points }, i) => ({
      name: `${size} bytes`,
      colour: colour(i),
      points: points
        .toSorted((a, b) => a.offered - b.offered)
        .map(({ offered, loss, isTesterLimited }) => ({
          x: offered,
          y: loss,
          title: `${perSecond(offered)}: ${percent(loss)} lost${isTesterLimited ? ', tester-limited' : ''}`,
        })),
    }))
    return curves(list, {
      label: 'share of frames lost by frames a second sent',
      x: perSecond,
      y: percent,
      leastY: 0.01,
    })
  }
  const rated = tests.flatMap(({ size, figures }) => {
    const rate = figures.find(({ unit }) => unit === 'frames/s')
    return rate === undefined ? [] : [{ x: size, y: rate.mean, title: `${size} bytes: ${figureText(rate)}` }]
  })
  if (rated.length < 2) return undefined
  const points = rated.toSorted((a, b) => a.x - b.x)
  const bytes = (value: number): string => `${Math.round(value)} B`
  return curves([{ name: 'frames a second', colour: 'forwarded', points }], {
    label: 'frames a second by frame size',
    x: bytes,
    y: perSecond,
  })
}

function latencyTable(list: readonly { readonly size: number; readonly latency: StressLatency }[]): Html {
  const columns = list[0] === undefined ? [] : latencyColumns(list[0].latency).map(([name]) => name)
  return html`<div class="scroll"><table><tr><th class="number">bytes</th>${columns.map((name) => html`<th class="number">${name}</th>`)}</tr>
${list.map(({ size, latency }) => html`<tr><td class="number">${size}</td>${latencyColumns(latency).map(([, text]) => html`<td class="number">${text}</td>`)}</tr>`)}
</table></div>`
}

function histogramOf(size: number, { buckets }: StressLatency): Html | undefined {
  return histogram(buckets, { label: `frames of ${size} bytes by latency`, x: nanoseconds, y: count })
}

function directionsOf({ size, directions = [] }: StressTest): Html | false {
  if (directions.length === 0) return false
  const [name, ...numbers] = directionHead
  const rows = directions.map((direction) => {
    const [label, ...cells] = directionCells(direction)
    return html`<tr><td class="number">${size}</td><td>${label}</td>${cells.map((cell) => html`<td class="number">${cell}</td>`)}</tr>`
  })
  return html`<div class="scroll"><table><tr><th class="number">bytes</th><th>${name}</th>${numbers.map((head) => html`<th class="number">${head}</th>`)}</tr>
${rows}
</table></div>`
}

function notesOf(test: StressTest): Html | false {
  const lines = [...test.notes, ...oddities(test)]
  return lines.length > 0 && html`<p class="quiet small">${test.size} bytes: ${lines.join('; ')}</p>`
}

function trialsOf({ size, trials }: StressTest): Html {
  return html`<details><summary>${counted(trials.length, 'trial')} with ${size} bytes</summary><div class="scroll"><table>
<tr><th class="number">wanted</th><th class="number">sent</th><th class="number">frames</th><th class="number">received</th><th class="number">lost</th><th class="number">lost by tester</th><th class="number">twice</th><th class="number">out of order</th><th class="number">damaged</th><th class="number">processors busy</th><th class="number">idle</th></tr>
${trials.map(trialRow)}
</table></div></details>`
}

function trialRow(trial: StressTrial): Html {
  const { rate, offered, sent, received, lost, testerLost, duplicated, outOfOrder, corrupt } = trial
  const counts = [sent, received, lost, testerLost, duplicated, outOfOrder, corrupt]
  return html`<tr><td class="number">${rate === undefined ? 'most' : perSecond(rate)}</td><td class="number">${perSecond(offered)}</td>${counts.map((value) => html`<td class="number">${count(value)}</td>`)}<td class="number">${trial.processorsBusy.toFixed(2)}</td><td class="number">${percent(trial.processorsIdle)}</td></tr>`
}

function testerPart(testers: readonly StressTester[]): Html {
  return html`<h3>The tester alone, port to port</h3>
<p class="quiet small">No result is better than this; where one comes near, it is tester-limited.</p>
<div class="scroll"><table><tr><th class="number">bytes</th><th class="number">sends at most</th><th class="number">without loss</th><th class="number">latency, median</th><th class="number">99 %</th><th class="number">processors busy</th><th class="number">by others</th><th class="number">idle</th></tr>
${testers.map((tester) => html`<tr><td class="number">${tester.size}</td><td class="number">${perSecond(tester.fastest)}</td><td class="number">${perSecond(tester.ceiling)}</td>${[50, 99].map((share) => html`<td class="number">${percentileText(tester, share)}</td>`)}<td class="number">${tester.processorsBusy.toFixed(2)}</td><td class="number">${tester.processorsOthers.toFixed(2)}</td><td class="number">${percent(tester.processorsIdle)}</td></tr>`)}
</table></div>`
}

/** Empty where it was not measured. */
export function percentileText({ latency }: StressTester, share: number): string {
  const found = latency?.percentiles.find(({ percent: each }) => each === share)
  return found === undefined ? '' : nanoseconds(found.value)
}

function portsPart({ ports }: StressedNf): Html {
  return html`<details><summary>Ports of the tester</summary><div class="scroll"><table>
<tr><th class="number">port</th><th>interface</th><th>by</th><th class="number">received</th><th class="number">sent</th><th class="number">lost</th></tr>
${ports.map((port) => html`<tr><td class="number">${port.port}</td><td class="mono">${port.interface}</td><td>${port.backend}</td>${[port.received, port.sent, port.lost].map((value) => html`<td class="number">${count(value)}</td>`)}</tr>`)}
</table></div></details>`
}
