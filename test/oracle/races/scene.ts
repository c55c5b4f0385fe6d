/** A few frames on ports by hand: what is told of them, and what they are judged to be. */
import { type Judgement, Oracle } from '../../../src/oracle/index.js'
import { type Finding, RaceJudge, type RaceJudgeOptions } from '../../../src/oracle/races/index.js'
import { asSpec } from '../../../src/spec/spec.js'

export class Scene {
  readonly oracle: Oracle
  readonly judge: RaceJudge
  /** Tags and judgements, in the order in which they were told. */
  readonly judged: [number, Judgement][] = []
  readonly findings = new Map<number, Finding>()

  constructor(definition: object, portCount: number, options: Partial<RaceJudgeOptions> = {}) {
    const spec = asSpec(definition)
    if (spec === undefined) throw new Error('not a specification')
    const config = { values: new Map(), portCount }
    this.oracle = new Oracle({ nf: 'test', instance: 'test', spec: { spec, file: 'test.ts' }, config })
    this.judge = new RaceJudge(this.oracle, {
      portCount,
      mostWaiting: 1000,
      mostTries: 1000,
      onJudged: (tag, judgement, finding) => {
        this.judged.push([tag, judgement])
        if (finding !== undefined) this.findings.set(tag, finding)
      },
      ...options,
    })
  }

  sent(tag: number, port: number, time: number, frame: Uint8Array): this {
    this.judge.sent(tag, port, BigInt(time), frame, 0, frame.length)
    return this
  }

  left(tag: number, port: number, time: number, frame: Uint8Array): boolean {
    return this.judge.output(tag, port, BigInt(time), frame, 0, frame.length)
  }

  /** What is found of an input, in one line. */
  why(tag: number): string | undefined {
    const finding = this.findings.get(tag)
    return typeof finding === 'object' ? finding.violation.summary : finding
  }

  finish(): this {
    this.judge.finish()
    return this
  }
}
