/** What a network function runs on, opened: ports of this machine, or captures. */
import {
  type Fault,
  type ForwardCounts,
  Forwarder,
  forwardForAWhile,
  noCounts,
  type PortReport,
  reportPorts,
} from '../device/index.js'
import type { LoadedNf, NfInstance } from '../nf/index.js'
import type { Topology, TopologyPorts } from '../testbed/index.js'
import { openCapturePorts } from './capture-ports.js'
import { OnCaptures } from './on-captures.js'
import type { RunNfOptions, RunStart } from './options.js'
import { openPorts } from './ports.js'

/** What came of it, and why it ended before its time, if by a fault. */
export interface Forwarded {
  readonly counts: Readonly<ForwardCounts>
  readonly fault: Fault | undefined
}

export interface Work {
  readonly start: RunStart
  /** `since` tells the seconds that it has run. */
  forward(nf: NfInstance, burst: number, options: RunNfOptions, since: () => number): Promise<Forwarded>
  report(): readonly PortReport[]
  close(): Promise<void>
}

/** Milliseconds between two reports of progress, and of work on captures between two looks at signals. */
const PAUSE = 1000
const SLICE = 20

/** @throws VigilError for what is wrong with the ports; nothing is left then. */
export async function onPorts(topology: Topology, nf: LoadedNf): Promise<Work> {
  const { ports, isOffered, close } = await openPorts(topology, nf)
  return {
    start: { interfaces: ports.map(({ name }) => name), isOffered },
    async forward(instance, burst, options, since) {
      const { polling = 'wait', duration, signal } = options
      const forwarder = new Forwarder(instance, ports, burst, process.hrtime.bigint)
      const { counts } = forwarder
      const tell = telling(options, counts, since)
      let fault: Fault | undefined
      while (fault === undefined && signal?.aborted !== true && (duration === undefined || since() < duration)) {
        fault = forwardForAWhile(forwarder, ports, polling)
        if (fault === undefined) tell()
        // Signals are heard between slices.
        await new Promise(setImmediate)
      }
      return { counts, fault }
    },
    report: () => reportPorts(ports),
    close: async () => close(),
  }
}

/** @throws InputError for what is wrong with the captures; nothing is left then. */
export async function onCaptures(
  { file, nodes }: Topology,
  files: Extract<TopologyPorts, { kind: 'pcap' }>,
  { config }: LoadedNf,
): Promise<Work> {
  const ports = await openCapturePorts(file, files, nodes[0]?.name ?? '', config.portCount)
  return {
    start: { interfaces: ports.map(({ name }) => name), isOffered: false },
    async forward(instance, burst, options, since) {
      const counts = noCounts()
      const tell = telling(options, counts, since)
      let breathed = performance.now()
      const fault = await new OnCaptures(instance, ports, burst, counts, options.hangAfter).run(async () => {
        if (performance.now() - breathed < SLICE) return options.signal?.aborted !== true
        tell()
        await new Promise(setImmediate)
        breathed = performance.now()
        return options.signal?.aborted !== true
      })
      return { counts, fault }
    },
    report: () => ports.map((port) => port.report()),
    async close() {
      for (const port of ports) await port.close()
    },
  }
}

/** What tells of progress once a second, however often it is called. */
function telling({ onProgress }: RunNfOptions, counts: Readonly<ForwardCounts>, since: () => number): () => void {
  let told = 0
  return () => {
    if (since() * 1000 - told < PAUSE) return
    told = since() * 1000
    onProgress?.({ seconds: since(), ...counts })
  }
}
