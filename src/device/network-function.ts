/** A network function as a device under test: a thread that forwards between interfaces. */
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'

import { VigilError, type Where } from '../errors.js'
import type { InstanceParts } from '../nf/index.js'
import type { LentPort } from '../packetio/index.js'
import { loadTopologyNf, type TopologyPorts } from '../testbed/index.js'
import type { DeviceOptions, DeviceReport, DeviceUnderTest } from './device.js'
import type { Fault } from './loop.js'
import { Shared } from './shared.js'

/** What the thread is started with. */
export interface ThreadJob extends Pick<DeviceOptions, 'burst' | 'polling'> {
  readonly nf: InstanceParts
  readonly ports: TopologyPorts
  /** Descriptor that stays open as long as the thread runs. */
  readonly namespace: number
  readonly interfaces: readonly string[]
  /** In place of interfaces. */
  readonly lent: readonly LentPort[]
  readonly shared: SharedArrayBuffer
}

export type ThreadNews =
  | { readonly kind: 'ready' }
  | { readonly kind: 'refused'; readonly exitCode: number; readonly what: string; readonly where: Where }
  | { readonly kind: 'ended'; readonly report: DeviceReport; readonly fault?: Fault }

/** Milliseconds in which it must stop once told: it ends its burst. */
const PATIENCE = 3000

/** Starts it; its ports are open then. @throws VigilError for what is wrong with it. */
export async function startNetworkFunction(options: DeviceOptions): Promise<DeviceUnderTest> {
  const { topology, node, asked, burst, polling } = options
  const { namespace, interfaces, lent } = options.side
  const { nf } = await loadTopologyNf(node, topology, asked)
  const shared = new Shared(interfaces.length + lent.length)
  const workerData: ThreadJob = {
    nf: nf.parts,
    ports: topology.ports,
    burst,
    polling,
    namespace: namespace.fd,
    interfaces: interfaces.map(({ name }) => name),
    lent,
    shared: shared.buffer,
  }
  const worker = new Worker(new URL('./thread.js', import.meta.url), { workerData })
  const [news]: ThreadNews[] = await once(worker, 'message')
  if (news?.kind === 'refused') {
    await worker.terminate()
    throw new VigilError(news.exitCode, news.what, news.where)
  }
  return new Running(worker, shared)
}

class Running implements DeviceUnderTest {
  readonly processed: Float64Array
  fault: Fault | undefined
  readonly #worker: Worker
  readonly #shared: Shared
  #report: DeviceReport = { ports: [] }
  #isOver = false
  readonly #ended: Promise<void>

  constructor(worker: Worker, shared: Shared) {
    this.#worker = worker
    this.#shared = shared
    this.processed = shared.processed
    this.#ended = new Promise((resolve) => {
      worker.on('message', (news: ThreadNews) => {
        if (news.kind !== 'ended') return
        this.#report = news.report
        this.fault = news.fault
      })
      worker.on('error', (error) => {
        this.fault = { cause: `the device's thread failed: ${error.message}`, exitCode: 70 }
      })
      worker.on('exit', () => {
        this.#isOver = true
        resolve()
      })
    })
  }

  lost(): { readonly before: number; readonly after: number } {
    return this.#shared.lost
  }

  readonly reset = async (): Promise<void> => {
    const done = this.#shared.askReset()
    while (this.#shared.resetsDone < done && this.fault === undefined && !this.#isOver) await sleep(1)
  }

  async stop(patience = PATIENCE): Promise<DeviceReport> {
    this.#shared.stop()
    const cutOff = setTimeout(() => {
      this.fault = { cause: 'the network function does not come to an end with its frames', exitCode: 1, kind: 'hang' }
      void this.#worker.terminate()
    }, patience)
    await this.#ended
    clearTimeout(cutOff)
    return this.#report
  }
}
