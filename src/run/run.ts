import { InputError } from '../errors.js'
import { MAX_BURST } from '../nf/index.js'
import { environment, packageVersion } from '../result/index.js'
import { checkDebugBuilds, checkNamed, DEFAULT_BURST, loadTopology, loadTopologyNf } from '../testbed/index.js'
import { notExercised } from '../wires/index.js'
import type { RunNfOptions, RunReport } from './options.js'
import { onCaptures, onPorts } from './work.js'

/**
 * Runs a network function on the ports of a topology until its time is over, its captures end or the signal comes. Nothing is
 * judged.
 *
 * @throws InputError for what is asked, MachineError where a privilege is missing. A trap ends the run, and is in the report.
 */
export async function runNf(options: RunNfOptions): Promise<RunReport> {
  const { burst = DEFAULT_BURST, hangAfter = 1 } = options
  if (!Number.isInteger(burst) || burst < 1 || burst > MAX_BURST) {
    throw new InputError(`a burst of ${burst} frames`, { hint: `an integer from 1 to ${MAX_BURST}` })
  }
  if (!Number.isInteger(hangAfter) || hangAfter < 1) {
    throw new InputError(`a network function stopped after ${hangAfter} milliseconds`, {
      hint: 'a whole number from 1',
    })
  }
  const topology = loadTopology(options.topology)
  checkNamed(topology, options)
  const [node] = topology.nodes
  if (node === undefined || topology.nodes.length > 1) {
    throw new InputError('one network function is run at a time', { file: topology.file, hint: 'a topology for each' })
  }
  const { ports: made } = topology
  if (made.kind === 'pcap') refuseTiming(options, topology.file, made.line)
  const { nf, binary } = await loadTopologyNf(node, topology, options)
  checkDebugBuilds(options, [binary])
  const instance = nf.instantiate()
  const startedAt = new Date()
  const work = made.kind === 'pcap' ? await onCaptures(topology, made, nf) : await onPorts(topology, nf)
  const begun = performance.now()
  const since = (): number => (performance.now() - begun) / 1000
  try {
    options.onStart?.(work.start)
    const { fault, counts } = await work.forward(instance, burst, options, since)
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
      ports: work.report(),
      notExercised: notExercised(topology),
    }
  } finally {
    await work.close()
  }
}

/** Captures end by themselves, and nobody waits for them. */
function refuseTiming({ duration, polling }: RunNfOptions, file: string, line: number): void {
  const odd = duration !== undefined ? '--duration' : polling !== undefined ? '--poll' : undefined
  if (odd !== undefined) throw new InputError(`${odd} is for ports that are no captures`, { file, line })
}
