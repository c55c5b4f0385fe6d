import { type Fault, Forwarder, forwardForAWhile, reportPorts } from '../device/index.js'
import { InputError } from '../errors.js'
import { type LoadedNf, MAX_BURST } from '../nf/index.js'
import type { PacketPort } from '../packetio/index.js'
import { environment, packageVersion } from '../result/index.js'
import {
  checkNamed,
  DEFAULT_BURST,
  loadTopology,
  loadTopologyNf,
  type Topology,
  type TopologyInterface,
} from '../testbed/index.js'
import { openInterfaces } from '../wires/index.js'
import type { RunNfOptions, RunReport } from './options.js'

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
  const { interfaces, allow } = interfacesOf(topology)
  checkNamed(topology, options)
  const [node] = topology.nodes
  if (node === undefined || topology.nodes.length > 1) {
    throw new InputError('one network function is run at a time', { file: topology.file, hint: 'a topology for each' })
  }
  const { nf, binary } = await loadTopologyNf(node, topology, options)
  const instance = nf.instantiate()
  const inOrder = orderedFor(nf, node.name, interfaces, topology)
  const { ports, close } = await openInterfaces({ file: topology.file, interfaces: inOrder, allow })
  const forwarder = new Forwarder(instance, ports, burst, process.hrtime.bigint)
  const startedAt = new Date()
  const begun = performance.now()
  const since = (): number => (performance.now() - begun) / 1000
  try {
    options.onStart?.(ports.map(({ name }) => name))
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

function interfacesOf({ ports, file, name }: Topology): {
  readonly interfaces: readonly TopologyInterface[]
  readonly allow: readonly string[]
} {
  if (ports.kind === 'interfaces') return ports
  throw new InputError(`the ports of topology ${name} are simulated`, {
    file,
    hint: 'ports: { kind: interfaces, interfaces: { dut.0: NAME, ... } } gives them interfaces',
  })
}

/** One for each port of the network function. */
function orderedFor(
  { config: { portCount } }: LoadedNf,
  node: string,
  interfaces: readonly TopologyInterface[],
  { file }: Topology,
): readonly TopologyInterface[] {
  const beyond = interfaces.find(({ port }) => port >= portCount)
  if (beyond !== undefined) {
    throw new InputError(`there is no port ${node}.${beyond.port}: it has ${portCount}`, { file, line: beyond.line })
  }
  return Array.from({ length: portCount }, (_, port) => {
    const found = interfaces.find((each) => each.port === port)
    if (found === undefined)
      throw new InputError(`port ${node}.${port} has no interface`, { file, hint: 'under ports.interfaces' })
    return found
  })
}
