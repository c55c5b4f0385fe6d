/** Charts as inline SVG: points and curves over axes that start at 0, and histograms over a logarithmic one. */
import { type Html, html } from './html.js'

const WIDTH = 640
const HEIGHT = 240
const LEFT = 64
const BOTTOM = 36
const TOP = 12
const RIGHT = 16

export interface Curve {
  readonly name: string
  readonly colour: string
  /** By rising x. */
  readonly points: readonly { readonly x: number; readonly y: number; readonly title: string }[]
}

export interface ChartOptions {
  readonly label: string
  readonly x: (value: number) => string
  readonly y: (value: number) => string
  /** The least that the y axis reaches to. */
  readonly leastY?: number
}

/** Curves, their points marked. Nothing where there is no point. */
export function curves(list: readonly Curve[], { label, x, y, leastY = 0 }: ChartOptions): Html | undefined {
  const all = list.flatMap(({ points }) => points)
  if (all.length === 0) return undefined
  const mostX = Math.max(...all.map((point) => point.x)) || 1
  const mostY = Math.max(leastY, ...all.map((point) => point.y)) || 1
  const [atX, atY] = [(value: number) => across(value / mostX), (value: number) => up(value / mostY)]
  const drawn = list.map(({ colour, points }) => {
    const line = points.map((point) => `${atX(point.x)},${atY(point.y)}`).join(' ')
    const marks = points.map(
      (point) =>
        html`<circle cx="${atX(point.x)}" cy="${atY(point.y)}" r="4" style="fill: var(--${colour})"><title>${point.title}</title></circle>`,
    )
    return html`<polyline points="${line}" style="fill: none; stroke: var(--${colour}); stroke-width: 2"/>${marks}`
  })
  const ticks = [0, 0.25, 0.5, 0.75, 1]
  return html`${frame(
    label,
    html`${ticks.map((share) => yTick(share, y(share * mostY)))}${ticks.map((share) => xTick(share, x(share * mostX)))}${drawn}`,
  )}
<ul class="legend">${list.map(({ name, colour }) => html`<li><i style="background: var(--${colour})"></i>${name}</li>`)}</ul>`
}

export interface Bar {
  readonly from: number
  readonly to: number
  readonly count: number
}

/** Counts by value, both bounds of a bar above 0. */
export function histogram(bars: readonly Bar[], { label, x, y }: ChartOptions): Html | undefined {
  if (bars.length === 0) return undefined
  const [low, high] = [
    Math.log(Math.min(...bars.map(({ from }) => from))),
    Math.log(Math.max(...bars.map(({ to }) => to))),
  ]
  const most = Math.max(...bars.map(({ count }) => count))
  const part = (value: number): number => (Math.log(value) - low) / (high - low || 1)
  const drawn = bars.map(({ from, to, count }) => {
    const [left, right, top] = [Number(across(part(from))), Number(across(part(to))), Number(up(count / most))]
    return html`<rect x="${left}" y="${top}" width="${Math.max(1, right - left - 1).toFixed(1)}" height="${(HEIGHT - BOTTOM - top).toFixed(1)}" style="fill: var(--forwarded)"><title>${x(from)} to ${x(to)}: ${y(count)}</title></rect>`
  })
  const ticks = [0, 0.25, 0.5, 0.75, 1]
  return frame(
    label,
    html`${[0, 0.5, 1].map((share) => yTick(share, y(Math.round(share * most))))}${ticks.map((share) => xTick(share, x(Math.exp(low + share * (high - low)))))}${drawn}`,
  )
}

function across(share: number): string {
  return (LEFT + share * (WIDTH - LEFT - RIGHT)).toFixed(1)
}

function up(share: number): string {
  return (HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP)).toFixed(1)
}

function frame(label: string, content: Html): Html {
  return html`<svg role="img" aria-label="${label}" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="100%" style="max-width: ${WIDTH}px">${content}</svg>`
}

function yTick(share: number, text: string): Html {
  const y = up(share)
  return html`<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}" style="stroke: var(--line)"/><text x="${LEFT - 8}" y="${y}" text-anchor="end" dominant-baseline="middle" style="fill: var(--quiet); font-size: 11px">${text}</text>`
}

function xTick(share: number, text: string): Html {
  const anchor = share === 0 ? 'start' : share === 1 ? 'end' : 'middle'
  return html`<text x="${across(share)}" y="${HEIGHT - BOTTOM + 18}" text-anchor="${anchor}" style="fill: var(--quiet); font-size: 11px">${text}</text>`
}
