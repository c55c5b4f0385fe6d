import { type Fault, Forwarder, forwardForAWhile, reportPorts } from '../device/index.js'
import { InputError } from '../errors.js'
import { MAX_BURST } from '../nf/index.js'
import type { PacketPort } from '../packetio/index.js'
import { environment, packageVersion } from '../result/index.js'
import { checkNamed, DEFAULT_BURST, loadTopology, loadTopologyNf } from '../testbed/index.js'
import { notExercised } from '../wires/index.js'
import type { RunNfOptions, RunReport } from './options.js'
import { openPorts } from './ports.js'

/** Milliseconds between two reports of progress. */
const PAUSE = 1000

/**
 * Runs a network function on the interfaces of a topology until its time is over or the signal comes. Nothing is judged.
 *
 * @throws InputError for what is asked, MachineError where a privilege is missing. A trap ends the run, and is in the report.
 */
export async function runNf(options: RunNfOptions): Promise<RunReport> {
  const { burst = DEFAULT_BURST } = options
  if (!Number.isInteger(burst) || burst < 1 || burst > MAX_BURST) {
    throw new InputError(`a burst of ${burst} frames`, { hint: `an integer from 1 to ${MAX_BURST}` })
  }
  const topology = loadTopology(options.topology)
  checkNamed(topology, options)
  const [node] = topology.nodes
  if (node === undefined || topology.nodes.length > 1) {
    throw new InputError('one network function is run at a time', { file: topology.file, hint: 'a topology for each' })
  }
  const { nf, binary } = await loadTopologyNf(node, topology, options)
  const instance = nf.instantiate()
  const { ports, isOffered, close } = await openPorts(topology, nf)
  const forwarder = new Forwarder(instance, ports, burst, process.hrtime.bigint)
  const startedAt = new Date()
  const begun = performance.now()
  const since = (): number => (performance.now() - begun) / 1000
  try {
    options.onStart?.({ interfaces: ports.map(({ name }) => name), isOffered })
    const fault = await forward(forwarder, ports, options, since)
    const { counts } = forwarder
    return {
      tool: 'vigil',
      version: packageVersion(),
      command: options.command ?? [],
      startedAt: startedAt.toISOString(),
      durationSeconds: since(),
      environment: environment(),
      exitCode: fault?.exitCode ?? (counts.meaningless === 0 ? 0 : 1),
      ...(fault === undefined ? {} : { cause: fault.cause }),
      nf: nf.manifest.name,
      binary,
      topology: topology.name,
      polling: options.polling ?? 'wait',
      counts,
      ports: reportPorts(ports),
      notExercised: notExercised(topology),
    }
  } finally {
    close()
  }
}

/** @returns Why it ended before its time, if by a fault. */
async function forward(
  forwarder: Forwarder,
  ports: readonly PacketPort[],
  { polling = 'wait', duration, signal, onProgress }: RunNfOptions,
  since: () => number,
): Promise<Fault | undefined> {
  let told = 0
  while (signal?.aborted !== true && (duration === undefined || since() < duration)) {
    const fault = forwardForAWhile(forwarder, ports, polling)
    if (fault !== undefined) return fault
    if (since() * 1000 - told >= PAUSE) {
      told = since() * 1000
      onProgress?.({ seconds: since(), ...forwarder.counts })
    }
    // Signals are heard between slices.
    await new Promise(setImmediate)
  }
  return undefined
}
