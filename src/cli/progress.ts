/** One line that is written over and over while a person watches; nothing anywhere else. */

import { count } from '../report/format.js'
import type { Terminal } from './terminal.js'

export interface Progress {
  readonly packets: number
  /** 0 to 1, where it is known. */
  readonly fraction?: number | undefined
}

export interface ProgressLine {
  update(progress: Progress): void
  /** Takes the line away. */
  clear(): void
}

export interface TextLine {
  show(text: string): void
  /** Takes the line away. */
  clear(): void
}

/** Milliseconds between two updates that are shown. */
const pause = 100

export function progressLine(terminal: Terminal, clock: () => number = () => performance.now()): ProgressLine {
  const started = clock()
  const line = textLine(terminal)
  let shownAt = Number.NEGATIVE_INFINITY
  return {
    update(progress) {
      if (clock() - shownAt < pause) return
      shownAt = clock()
      line.show(progressText(progress, (shownAt - started) / 1000))
    },
    clear: line.clear,
  }
}

/** One line of any text. */
export function textLine(terminal: Terminal): TextLine {
  let length = 0
  return {
    show(text) {
      if (!terminal.interactive) return
      const shown = text.slice(0, Math.max(20, terminal.columns - 1))
      terminal.err(`\r${shown.padEnd(length)}`)
      length = shown.length
    },
    clear() {
      if (length > 0) terminal.err(`\r${' '.repeat(length)}\r`)
      length = 0
    },
  }
}

function progressText({ packets, fraction }: Progress, elapsed: number): string {
  const part = fraction === undefined ? '' : ` (${Math.floor(100 * fraction)} %)`
  const rate = elapsed > 0.5 ? `, ${count(Math.round(packets / elapsed))} a second` : ''
  return `${count(packets)} packets${part}${rate}`
}
