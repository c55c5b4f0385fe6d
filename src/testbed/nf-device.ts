import { describeResult, MAX_BURST, type NfInstance, NfTrap } from '../nf/index.js'
import type { Device } from './device.js'

/** A WebAssembly network function as the simulator runs it. */
export class NfDevice implements Device {
  readonly burst = MAX_BURST
  readonly portCount: number
  readonly memory: Uint8Array
  trapText = ''
  trapKind: Device['trapKind'] = 'trap'
  readonly #nf: NfInstance

  constructor(nf: NfInstance) {
    this.#nf = nf
    this.portCount = nf.portCount
    this.memory = nf.bytes
  }

  setFrame(i: number, bytes: Uint8Array, start: number, length: number, port: number, now: bigint): void {
    this.#nf.setFrame(i, bytes, start, length, port, now)
  }

  run(count: number): number {
    try {
      this.#nf.run(count)
      return count
    } catch (error) {
      if (!(error instanceof NfTrap)) throw error
      this.trapText = `${error.nf} trapped: ${error.reason}`
      return Math.min(error.index, count - 1)
    }
  }

  stopped(count: number): number | undefined {
    const at = this.#nf.stoppedAt
    if (at === undefined) return undefined
    this.trapKind = 'hang'
    this.trapText = `${this.#nf.name} does not come to an end`
    return Math.min(at, count - 1)
  }

  egress(i: number): number {
    return this.#nf.verdict(i)
  }

  badText(i: number): string {
    return `the verdict means nothing: ${describeResult(this.#nf.result(i), this.portCount)}`
  }

  frameAt(i: number): number {
    return this.#nf.frameBuffer(i)
  }

  frameLength(i: number): number {
    return this.#nf.frameLength(i)
  }
}
