import { InputError, VigilError } from '../errors.js'
import { type LoadedNf, MAX_BURST, NfTrap } from '../nf/index.js'
import { type PacketPort, waitForFrames } from '../packetio/index.js'
import { environment, packageVersion } from '../result/index.js'
import {
  checkNamed,
  DEFAULT_BURST,
  loadTopology,
  loadTopologyNf,
  type Topology,
  type TopologyInterface,
} from '../testbed/index.js'
import { Forwarder } from './forwarder.js'
import { openInterfaces } from './interfaces.js'
import type { PortReport, RunNfOptions, RunReport } from './options.js'

/** Milliseconds of work between two looks at signals, and of waiting for a frame. */
const SLICE = 20
const WAIT = 10
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
  const report = (): PortReport[] =>
    ports.map((port, i) => ({ port: i, interface: port.name, backend: port.backend, ...port.counts() }))
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
      ports: report(),
    }
  } finally {
    close()
  }
}

interface Fault {
  readonly cause: string
  readonly exitCode: number
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
    try {
      slice(forwarder, ports, polling)
    } catch (error) {
      if (error instanceof NfTrap) return { cause: `${error.nf} trapped: ${error.reason}`, exitCode: 1 }
      // A link that was lost, say: what was done until then is reported.
      if (error instanceof VigilError) return { cause: error.message, exitCode: error.exitCode }
      throw error
    }
    if (since() * 1000 - told >= PAUSE) {
      told = since() * 1000
      onProgress?.({ seconds: since(), ...forwarder.counts })
    }
    // Signals are heard between slices.
    await new Promise(setImmediate)
  }
  return undefined
}

function slice(forwarder: Forwarder, ports: readonly PacketPort[], polling: 'wait' | 'busy'): void {
  const end = performance.now() + SLICE
  // A link that is lost is told to those who wait, not to those who ask for frames.
  waitForFrames(ports, 0)
  do {
    if (forwarder.step() === 0 && polling === 'wait') waitForFrames(ports, WAIT)
  } while (performance.now() < end)
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
