import { OK, type Oracle, type ViolationDetail } from '../oracle/index.js'

export interface RaceOutcome {
  readonly kind: 'ok' | 'violation' | 'undecided'
  readonly detail?: ViolationDetail
}

interface Waiting {
  readonly entry: number
  readonly port: number
  readonly time: bigint
  readonly bytes: Uint8Array
  egress: number
  output: Uint8Array | undefined
  passed: boolean
}

export class RaceJudge {
  readonly counts = { reordered: 0, timesMoved: 0, takenBack: 0, tries: 0 }
  readonly #oracle: Oracle
  readonly #waiting: Waiting[] = []
  readonly #map = new Map<number, Waiting>()
  readonly #onJudged: (entry: number, outcome: RaceOutcome) => void

  constructor(oracle: Oracle, options: { portCount: number; onJudged: (entry: number, outcome: RaceOutcome) => void }) {
    this.#oracle = oracle
    this.#onJudged = options.onJudged
  }

  sent(entry: number, port: number, time: bigint, bytes: Uint8Array, start: number, length: number): void {
    const w = {
      entry,
      port,
      time,
      bytes: bytes.slice(start, start + length),
      egress: 0,
      output: undefined,
      passed: false,
    }
    this.#waiting.push(w)
    this.#map.set(entry, w)
  }

  output(entry: number, egress: number, _time: bigint, bytes: Uint8Array, start: number, length: number): void {
    const w = this.#map.get(entry)
    if (w === undefined) return
    w.egress |= 1 << egress
    w.output = bytes.slice(start, start + length)
    w.passed = true
  }

  passed(_port: number, _entry: number): void {}

  close(entry: number): void {
    const w = this.#map.get(entry)
    if (w !== undefined) w.passed = true
  }

  advance(): void {
    for (;;) {
      const w = this.#waiting[0]
      if (w === undefined || !w.passed) return
      this.#waiting.shift()
      this.#map.delete(w.entry)
      const out = w.output ?? w.bytes
      const judgement = this.#oracle.judge(
        w.port,
        w.time,
        w.bytes,
        0,
        w.bytes.length,
        w.egress,
        out,
        0,
        w.output === undefined ? 0 : out.length,
      )
      if (judgement === OK) this.#onJudged(w.entry, { kind: 'ok' })
      else if (judgement === 1) this.#onJudged(w.entry, { kind: 'violation', detail: this.#oracle.violation() })
      else this.#onJudged(w.entry, { kind: 'undecided' })
    }
  }
}
