/** What is kept of the device under test, as of the network functions of the simulator. */
import type { Oracle, ViolationDetail } from '../oracle/index.js'
import type { Violation } from '../result/types.js'
import type { JudgedRecord, Origin } from '../testbed/index.js'

export class LiveRecord implements JudgedRecord {
  readonly name: string
  sent = 0
  violationCount = 0
  readonly violations: Violation[] = []
  readonly #ignored = new Map<string, number>()
  readonly #oracle: Oracle
  readonly #limit: number

  constructor(name: string, oracle: Oracle, violationLimit: number) {
    this.name = name
    this.#oracle = oracle
    this.#limit = violationLimit
  }

  get ignored(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#ignored)
  }

  ignore(cause: string, count = 1): void {
    if (count > 0) this.#ignored.set(cause, (this.#ignored.get(cause) ?? 0) + count)
  }

  violated({ violation }: Pick<ViolationDetail, 'violation'>, origin: Origin | undefined): void {
    this.violationCount += 1
    if (this.violations.length >= this.#limit) return
    this.violations.push(origin === undefined ? violation : { ...violation, ...origin })
  }

  /** Something that left the device, or came of it, and is no answer to a frame that waits for one. */
  strange(wrong: Strange, origin?: Origin): void {
    const { nf, instance } = this.#oracle.options
    const { kind, summary, time, ingress, egress, bytes, input } = wrong
    this.violated(
      {
        violation: {
          nf,
          instance,
          kind,
          summary,
          time: String(time),
          ingress,
          expected: { text: 'nothing', ports: [] },
          actual: {
            text: egress < 0 ? summary : `leaves by port ${egress}`,
            ports: egress < 0 ? [] : [egress],
            ...(bytes === undefined ? {} : { bytes: Buffer.from(bytes).toString('hex') }),
          },
          input: input === undefined ? '' : Buffer.from(input).toString('hex'),
          differences: [],
        },
      },
      origin,
    )
  }
}

export interface Strange {
  readonly kind: Violation['kind']
  readonly summary: string
  readonly time: bigint
  readonly ingress: number
  /** -1 where nothing left. */
  readonly egress: number
  readonly bytes?: Uint8Array
  readonly input?: Uint8Array
}
