/** Figures of load tests in words: the same for the page and for the terminal. */
import type { StressDirection, StressFigure, StressLatency, StressLimit, StressTest } from '../result/index.js'
import { count } from './format.js'

/** `14 µs`, `1.2 ms`: three significant digits. */
export function nanoseconds(value: number): string {
  const [divisor, unit] = value < 1e3 ? [1, 'ns'] : value < 1e6 ? [1e3, 'µs'] : value < 1e9 ? [1e6, 'ms'] : [1e9, 's']
  return `${Number((value / divisor).toPrecision(3))} ${unit}`
}

export function perSecond(value: number): string {
  return `${count(Math.round(value))}/s`
}

/** `12.3 %`. */
export function percent(value: number): string {
  if (value > 0 && value < 0.0001) return '< 0.01 %'
  return `${Number((100 * value).toFixed(2))} %`
}

/** `54,300 ± 1,200 frames/s`. */
export function figureText({ unit, mean, margin }: StressFigure): string {
  const value = valueText(unit, mean)
  return margin === undefined ? value : `${value} ± ${valueText(unit, margin)}`
}

export function valueText(unit: StressFigure['unit'], value: number): string {
  switch (unit) {
    case 'frames/s':
    case 'flows/s':
      return perSecond(value)
    case 'bytes/s':
    case 'addresses/s':
      return `${count(Math.round(value))} ${unit}`
    case 'frames':
    case 'flows':
    case 'bytes':
    case 'addresses':
      return `${count(Math.round(value))} ${unit}`
    case 'share':
      return percent(value)
    case 'ns':
      return nanoseconds(value)
    case 's':
      return nanoseconds(value * 1e9)
  }
}

/** Of a latency: what columns there are, and their values. */
export function latencyColumns({ min, mean, max, percentiles }: StressLatency): readonly (readonly [string, string])[] {
  return [
    ['min', nanoseconds(min)],
    ['mean', nanoseconds(mean)],
    ...percentiles.map(({ percent: share, value }) => [`${share} %`, nanoseconds(value)] as const),
    ['max', nanoseconds(max)],
  ]
}

const limits: Readonly<Record<StressLimit, string>> = {
  device: '',
  tester: 'tester-limited',
  medium: 'limited by the medium',
  'rate cap': 'limited by the rate cap',
}

/** Empty where it is the device that allows no more. */
export function limitText(limit: StressLimit | undefined): string {
  return limit === undefined ? '' : limits[limit]
}

export const directionHead = ['direction', 'sent', 'came out', 'lost', 'median', '99 %'] as const

/** As `directionHead` names them; what the tester itself lost is among the lost. */
export function directionCells({ name, sent, received, latency }: StressDirection): readonly string[] {
  const share = (percent: number): string => {
    const found = latency?.percentiles.find((each) => each.percent === percent)
    return found === undefined ? '' : nanoseconds(found.value)
  }
  return [name, count(sent), count(received), percent(sent === 0 ? 0 : (sent - received) / sent), share(50), share(99)]
}

/** Frames that were seen in trials of a test besides those received and lost: those that there were, in words. */
export function oddities({ trials }: StressTest): readonly string[] {
  const kinds = [
    ['corrupt', 'damaged'],
    ['misdirected', 'by a wrong port'],
    ['wrong', 'not as specified'],
    ['duplicated', 'twice'],
    ['outOfOrder', 'out of order'],
    ['flooded', 'copies by other ports'],
    ['testerLost', 'lost by the tester itself'],
  ] as const
  return kinds.flatMap(([key, name]) => {
    const all = trials.reduce((sum, trial) => sum + trial[key], 0)
    return all === 0 ? [] : [`${count(all)} ${name}`]
  })
}
