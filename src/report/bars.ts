/** Bars as inline SVG: one stacked bar of outcomes with its legend, and small single bars for tables. */

import type { Outcomes } from '../result/index.js'
import { count, share } from './format.js'
import { type Html, html } from './html.js'

const outcomeNames = [
  'forwarded',
  'rewritten',
  'flooded',
  'dropped',
  'unspecified',
  'violated',
  'undecided',
] as const satisfies readonly (keyof Outcomes)[]

/** The outcomes that occurred, in the order in which they are always shown. */
export function outcomesOf(outcomes: Outcomes): readonly (readonly [keyof Outcomes, number])[] {
  return outcomeNames.filter((name) => outcomes[name] > 0).map((name) => [name, outcomes[name]])
}

const width = 1000

/** Every outcome that occurred is at least visible, however small its share. */
export function outcomeBar(outcomes: Outcomes): Html {
  const parts = outcomesOf(outcomes)
  const total = parts.reduce((sum, [, packets]) => sum + packets, 0)
  if (total === 0) return html`<p class="quiet">No packet was judged.</p>`
  const least = 6
  const free = width - least * parts.length
  let x = 0
  const pieces = parts.map(([name, packets]) => {
    const long = least + (free * packets) / total
    const piece = html`<rect x="${x.toFixed(1)}" y="0" width="${long.toFixed(1)}" height="26" style="fill: var(--${name})"><title>${name}: ${count(packets)}</title></rect>`
    x += long
    return piece
  })
  const label = parts.map(([name, packets]) => `${name} ${packets}`).join(', ')
  return html`<svg role="img" aria-label="${label}" viewBox="0 0 ${width} 26" preserveAspectRatio="none" width="100%" height="26" style="border-radius: 7px">${pieces}</svg>
<ul class="legend">${parts.map(([name, packets]) => legendItem(name, packets, total))}</ul>`
}

function legendItem(name: keyof Outcomes, packets: number, total: number): Html {
  return html`<li><i style="background: var(--${name})"></i>${name} <b>${count(packets)}</b> <span class="quiet">${share(packets, total)}</span></li>`
}

/** A bar of `value` against `largest`, as wide as its table cell. */
export function smallBar(value: number, largest: number, colour: string): Html {
  const long = value === 0 ? 0 : Math.max(1, (100 * value) / Math.max(largest, 1))
  return html`<svg aria-hidden="true" viewBox="0 0 100 10" preserveAspectRatio="none" width="100%" height="10"><rect width="100" height="10" rx="2" style="fill: var(--code)"/><rect width="${long.toFixed(1)}" height="10" style="fill: var(--${colour})"/></svg>`
}
