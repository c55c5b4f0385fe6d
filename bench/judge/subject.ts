import { type LoadedNf, loadNf } from '../../src/nf/index.js'
import { type LoadedSpec, loadSpec } from '../../src/oracle/index.js'
import { beatsOf, type Beat as HostBeat, loadTopology, type Topology } from '../../src/testbed/index.js'
import type { Kind } from './kinds.js'
import { type Beat, Traffic } from './traffic.js'

/** Table entries in use, of those there are. */
const FULLNESS = 0.9
/** Without a table: so many conversations, whose virtual time has this pace. */
const NO_TABLE = { capacity: 65_536, lifetime: 300_000_000_000n }

/** A network function in its default configuration, with its specification. */
export interface Subject {
  readonly kind: Kind
  readonly nf: LoadedNf
  readonly spec: LoadedSpec
  readonly capacity: number
  /** The same traffic each time. */
  traffic(): Traffic
}

export async function load(kind: Kind): Promise<Subject> {
  const nf = await loadNf(kind.nf)
  const { manifest, config } = nf
  if (manifest.spec === undefined) throw new Error(`${kind.nf} has no specification`)
  const spec = await loadSpec(manifest.spec)
  const capacity = kind.entries === 0 ? NO_TABLE.capacity : config.values.get(kind.capacity)
  const lifetime = kind.entries === 0 ? NO_TABLE.lifetime : config.values.get(kind.lifetime)
  if (typeof capacity !== 'number' || typeof lifetime !== 'bigint')
    throw new Error(`${kind.nf}: no capacity, no lifetime`)
  const topology = manifest.topology === undefined ? undefined : await loadTopology(manifest.topology)
  const hostBeats = topology === undefined ? [] : beatsOf(topology)
  const beats =
    topology === undefined ? [] : hostBeats.map((beat) => ({ frame: beat.frame, port: portOf(topology, beat) }))
  const occupied = Math.round(capacity * FULLNESS)
  const beatEvery = hostBeats[0]?.every ?? 0n
  return { kind, nf, spec, capacity, traffic: () => new Traffic({ kind, occupied, lifetime, beats, beatEvery }) }
}

/** The port that the link of the beat's host ends at. */
function portOf(topology: Topology, { host }: HostBeat): Beat['port'] {
  for (const { ends } of topology.links) {
    const [one, other] = ends
    if (one.kind === 'host' && one.host === host && other.kind === 'port') return other.port
    if (other.kind === 'host' && other.host === host && one.kind === 'port') return one.port
  }
  throw new Error('a host that beats without a link')
}
