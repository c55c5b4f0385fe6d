/**
 * The testbed: topologies as files, and the simulator that runs them in virtual time.
 *
 * A topology (docs/schemas/topology.schema.json) names instances of network functions, hosts, the links between them
 * and the inputs by which a trace may enter. The simulator moves frames through it by the clock of the trace: an hour
 * of silence costs nothing. Every network function's every output is judged where it leaves, before it travels on.
 *
 * Guarantees: a run depends on topology, frames and seed alone; frames with equal times keep their order; the clock
 * never goes back; verdicts are the same for any burst size; a network function that trapped is not run again.
 * Links towards hosts and sinks are not simulated: what leaves the last network function is observed there at once.
 *
 * Called by replay; network functions and judges come in by the faces in device.ts.
 */
export { DEFAULT_BURST, type Device, type Judge, type Observer, type Origin } from './device.js'
export { parseDuration } from './duration.js'
export { type Beat, Emitter } from './emitter.js'
export { beatsOf } from './heartbeat.js'
export { JudgedNode, type JudgedRecord } from './judged-node.js'
export { type Network, wire } from './network.js'
export { NfDevice } from './nf-device.js'
export { Random } from './random.js'
export { createSimulator, type NetworkCounts, type Simulator } from './simulator.js'
export {
  carriesIpOnly,
  type DpdkMemory,
  type Emission,
  type End,
  type Impairments,
  type PortBackend,
  type Topology,
  type TopologyDevice,
  type TopologyFiles,
  type TopologyHost,
  type TopologyInput,
  type TopologyInterface,
  type TopologyLink,
  type TopologyNode,
  type TopologyPorts,
  type TopologyReplay,
} from './topology.js'
export { loadTopology, parseTopology, topologyFolders } from './topology-file.js'
export {
  type AskedNf,
  checkDebugBuilds,
  checkNamed,
  loadTestedNf,
  loadTopologyNf,
  plainTopology,
  type TestedNf,
  type TopologyNf,
} from './topology-nf.js'
