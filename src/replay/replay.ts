import { setImmediate } from 'node:timers/promises'

import { InputError, VigilError } from '../errors.js'
import { type NfResult, packageVersion, type RealSummary, type RunResult } from '../result/index.js'
import { endOf, slice } from '../within.js'
import { networkCounts } from './network-counts.js'
import type { ReplayOptions } from './options.js'
import { realSummary } from './real.js'
import { type Ending, nfResult, runResult } from './result.js'
import { causes } from './sender.js'
import { prepare, refuseUnmatched, type Session } from './session.js'
import type { Batch, TraceSource } from './source.js'
import { convictSuspects } from './suspects.js'
import type { TraceStats } from './trace-stats.js'

/** A trace that begins before the end of the one before, or this much later, begins one millisecond after it. */
const longestGap = 3_600_000_000_000n
const shortestGap = 1_000_000n
/** Milliseconds between looks at signals and reports of progress. */
const breath = 100
/** Milliseconds that no burst of frames takes, and frames between two looks at the clock. */
const HANG = 10_000
const LOOK = 32
/** Bytes that a capture file has beside each frame, about: for the progress. */
const recordHeader = 16

/**
 * Sends traces through a topology in virtual time, every packet judged. The result is that of result.json.
 *
 * Whatever is wrong before the first packet is thrown (InputError). What goes wrong later (a truncated capture) ends
 * the run with the results so far: verdict `error`, cause and exit code of the fault, unless a violation weighs more.
 */
export async function replay(options: ReplayOptions): Promise<RunResult<NfResult>> {
  const startedAt = new Date()
  const begun = performance.now()
  const session = await prepare(options)
  options.onPlan?.(session.lines)
  const { live } = session
  try {
    const run = new Run(session, options)
    const ending = await run.all()
    if (live === undefined) return resultOf(session, options, { startedAt, begun, ending, real: undefined })
    const ended = await live.stop()
    const [judged] = session.loaded.nodes
    if (judged !== undefined) await convictSuspects(live, judged, options.signal)
    const known = (session.deviations?.found ?? []).filter(({ packets }) => packets > 0)
    const real = { ...realSummary(live, ended, session.loaded.topology, options), known }
    return resultOf(session, options, { startedAt, begun, ending: ending ?? ended.fault, real })
  } finally {
    await live?.close()
  }
}

interface Facts {
  readonly startedAt: Date
  readonly begun: number
  readonly ending: Ending | undefined
  readonly real: RealSummary | undefined
}

function resultOf(
  session: Session,
  options: ReplayOptions,
  { startedAt, begun, ending, real }: Facts,
): RunResult<NfResult> {
  const network = networkCounts(session)
  return runResult({
    version: packageVersion(),
    command: options.command ?? [],
    startedAt,
    durationSeconds: (performance.now() - begun) / 1000,
    seed: options.seed ?? 0,
    nfs: session.loaded.nodes.flatMap((loaded, i) => {
      const node = session.nodes[i]
      return node === undefined ? [] : [nfResult(loaded, node, ending)]
    }),
    replay: {
      topology: session.loaded.topology.name,
      traces: session.stats.map((stats) => stats.summary),
      plan: session.lines,
      ...(Object.keys(network).length === 0 ? {} : { network }),
      ...(real === undefined ? {} : { real }),
    },
    ending,
  })
}

class Run {
  readonly #session: Session
  readonly #options: ReplayOptions
  readonly #passes: number
  readonly #totalBytes: number | undefined
  #last: bigint | undefined
  #breathed = performance.now()
  #packets = 0
  #readBytes = 0
  /** Stopped where nothing can go on. */
  #isBroken = false

  constructor(session: Session, options: ReplayOptions) {
    this.#session = session
    this.#options = options
    this.#passes = options.loop ?? 1
    const sizes = session.sources.map(({ size }) => size)
    this.#totalBytes = sizes.some((size) => size === undefined)
      ? undefined
      : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0) * this.#passes
  }

  /** All passes; why it ended early, if it did. */
  async all(): Promise<Ending | undefined> {
    const { stats, plan, sender } = this.#session
    let ending: Ending | undefined
    let cause: string = causes.limit
    try {
      ending = await this.#passesOver()
      await this.#finish()
      if (ending !== undefined) cause = causes.interrupted
      else if (!sender.isFull) refuseUnmatched(plan)
    } catch (error) {
      if (!(error instanceof VigilError)) throw error
      await this.#settle()
      ending = { cause: error.message, exitCode: error.exitCode }
      cause = causes.fault
    }
    for (const trace of stats) trace.close(this.#passes, cause)
    this.#progress(true)
    return ending
  }

  async #passesOver(): Promise<Ending | undefined> {
    const { sources, stats, sender } = this.#session
    for (let pass = 0; pass < this.#passes; pass++) {
      for (const [i, source] of sources.entries()) {
        const trace = stats[i]
        if (trace === undefined) continue
        if (sender.isFull) return undefined
        if (await this.#pass(source, trace, i, pass)) {
          return { cause: `interrupted after ${sender.sent} packets`, exitCode: 4 }
        }
      }
    }
    return undefined
  }

  /** One pass over one trace; true where it was interrupted. */
  async #pass(source: TraceSource, stats: TraceStats, index: number, pass: number): Promise<boolean> {
    const { sender, simulator } = this.#session
    let isFirst = true
    try {
      for await (const batch of source.batches()) {
        if (isFirst) sender.beginPass(index, stats, pass, this.#shift(batch))
        isFirst = false
        await this.#send(batch)
        this.#last = simulator.now
        this.#count(batch)
        if (sender.isFull) return false
        if (performance.now() - this.#breathed > breath) await this.#breathe()
        if (this.#options.signal?.aborted === true) return true
      }
      return false
    } finally {
      account(source, stats, pass)
    }
  }

  /** All of a batch; real ports take their time. */
  async #send(batch: Batch): Promise<void> {
    const { sender, live } = this.#session
    if (live === undefined) {
      for (let at = 0; at < batch.count; ) {
        const first = at
        const isOver = this.#guarded((wants) => {
          at = sender.batch(batch, first, wants)
        })
        if (!isOver) at = sender.afterStop(batch)
      }
      return
    }
    const { network } = live
    const wants = (): boolean => !network.isFull
    for (let at = 0; at < batch.count && this.#options.signal?.aborted !== true; ) {
      at = sender.batch(batch, at, wants)
      await network.room()
      if (performance.now() - this.#breathed > breath) await this.#breathe()
    }
  }

  async #finish(): Promise<void> {
    const { simulator, live } = this.#session
    if (live !== undefined) {
      await live.network.settle()
      return
    }
    let isAll = false
    while (!isAll) {
      this.#guarded((wants) => {
        isAll = simulator.finish(wants)
      })
    }
  }

  /** Lets arrive what was sent before a fault; where that is what fails, the fault is known already. */
  async #settle(): Promise<void> {
    if (this.#isBroken) return
    try {
      if (this.#session.live === undefined) await this.#finish()
      else this.#session.simulator.finish()
    } catch (error) {
      if (!(error instanceof VigilError)) throw error
    }
  }

  /**
   * Does work in the simulator that goes on with the next frame as long as `wants` says so: what is slow does not hang.
   *
   * @returns False where a network function was stopped, which has been told. @throws VigilError where it was something else.
   */
  #guarded(run: (wants: () => boolean) => void): boolean {
    const { hangAfter = HANG } = this.#options
    const hasTime = slice(hangAfter)
    let frames = 0
    const wants = (): boolean => {
      frames += 1
      return frames % LOOK > 0 || hasTime()
    }
    const end = endOf(hangAfter, () => run(wants))
    if (end === 'over') return true
    if (end === 'stopped' && this.#session.simulator.stopped()) return false
    this.#isBroken = true
    if (end === 'stopped') {
      throw new InputError(`packets were not judged within ${hangAfter / 1000} seconds`, {
        hint: 'is there a loop in the specification that may not end?',
      })
    }
    throw new VigilError(
      4,
      `hardly at a processor for ${hangAfter / 1000} seconds in the middle of a packet, as if suspended`,
      {
        hint: 'run it again',
      },
    )
  }

  /** Moves a trace's times so that the clock goes on. */
  #shift(batch: Batch): bigint {
    const first = batch.time[0] ?? 0n
    if (this.#last === undefined) return 0n
    const gap = first - this.#last
    return gap >= 0n && gap <= longestGap ? 0n : this.#last + shortestGap - first
  }

  #count(batch: Batch): void {
    this.#packets += batch.count
    this.#readBytes = this.#session.sender.bytes + this.#packets * recordHeader
  }

  async #breathe(): Promise<void> {
    await setImmediate()
    this.#breathed = performance.now()
    this.#progress(false)
  }

  #progress(isLast: boolean): void {
    const total = this.#totalBytes
    const share = total === undefined || total === 0 ? undefined : Math.min(0.99, this.#readBytes / total)
    this.#options.onProgress?.({
      packets: this.#packets,
      bytes: this.#session.sender.bytes,
      fraction: isLast ? 1 : share,
    })
  }
}

/** Takes over what the capture reader counted in a pass. */
function account(source: TraceSource, stats: TraceStats, pass: number): void {
  const { counts } = source
  if (counts === undefined) return
  if (pass === 0) stats.inFile = counts.read
  for (const [cause, count] of counts.skipped) stats.skip(cause, count)
}
