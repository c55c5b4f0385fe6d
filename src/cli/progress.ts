/** One line that is written over and over while a person watches; nothing anywhere else. */

import { count } from '../report/index.js'
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

/** Milliseconds between two updates that are shown. */
const pause = 100

export function progressLine(terminal: Terminal, clock: () => number = () => performance.now()): ProgressLine {
  const started = clock()
  let shownAt = Number.NEGATIVE_INFINITY
  let length = 0
  const write = (text: string) => {
    terminal.err(`\r${text.padEnd(length)}`)
    length = text.length
  }
  return {
    update(progress) {
      if (!terminal.interactive || clock() - shownAt < pause) return
      shownAt = clock()
      write(progressText(progress, (shownAt - started) / 1000).slice(0, Math.max(20, terminal.columns - 1)))
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
