/** What a run on real ports says besides its verdict: how fast, how exact in time, what was lost. In words, for page and terminal. */
import type { RealPort, RealSummary } from '../result/index.js'
import { count, counted } from './format.js'
import { type Html, html } from './html.js'

/** One line each. */
export function realLines(real: RealSummary): string[] {
  const { packetsPerSecond, pace, timing, lost, late, reordered, timesMoved, said, doubts, known, notExercised } = real
  const excused = lost.excusedBefore + lost.excusedAfter
  return [
    `${count(Math.round(packetsPerSecond))} packets a second, ${pace}`,
    ...(timing === undefined
      ? []
      : [
          `sent after due: median ${microseconds(timing.median)}, 99th percentile ${microseconds(timing.percentile99)}, at most ${microseconds(timing.maximum)}`,
        ]),
    lost.before + lost.after === 0
      ? 'no counter tells of a lost frame'
      : `lost by counters: ${count(lost.before)} before the device, ${count(lost.after)} after it; ${counted(excused, 'packet')} taken for these`,
    ...Object.entries(doubts).map(([why, packets]) => `${counted(packets, 'packet')} not judged: ${why}`),
    ...Object.entries(said).map(([kind, frames]) => `${kind}: ${counted(frames, 'frame')}`),
    ...known.map(({ packets, packet, expected, seen, cause }) => {
      return `known: ${counted(packets, 'packet')} (${packet}): ${seen} instead of ${expected}: ${cause}`
    }),
    ...(late === 0 ? [] : [`${counted(late, 'packet')} came out too late`]),
    ...(reordered + timesMoved === 0
      ? []
      : [
          `taken by the device in another order than sent: ${count(reordered)}, at another time: ${count(timesMoved)} (ports race)`,
        ]),
    ...notExercised.map((what) => `not exercised on hardware: ${what}`),
  ]
}

/** `14 µs`, `1.2 ms`. */
export function microseconds(nanoseconds: number): string {
  if (nanoseconds < 1e6) return `${Number((nanoseconds / 1e3).toPrecision(3))} µs`
  return `${Number((nanoseconds / 1e6).toPrecision(3))} ms`
}

export function realPart(real: RealSummary): Html {
  const rows = [
    ...real.ports.map((port) => portRow('tester', port)),
    ...real.devicePorts.map((port) => portRow('device', port)),
  ]
  return html`<h3>Real ports</h3>
<ul class="plain">${realLines(real).map((line) => html`<li>${line}</li>`)}</ul>
<div class="scroll"><table>
<tr><th>end</th><th class="number">port</th><th>interface</th><th>by</th><th class="number">received</th><th class="number">sent</th><th class="number">lost</th><th class="number">refused</th></tr>
${rows}
</table></div>`
}

function portRow(end: string, { port, interface: name, backend, received, sent, lost, refused }: RealPort): Html {
  return html`<tr><td>${end}</td><td class="number">${port}</td><td class="mono">${name}</td><td>${backend}</td><td class="number">${count(received)}</td><td class="number">${count(sent)}</td><td class="number">${count(lost)}</td><td class="number">${count(refused)}</td></tr>`
}
