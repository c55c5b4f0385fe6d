/** The runs that helpers are asked for, made from what they are told of them. */
import type { Path } from '../../domains/symbolic/path.js'
import { type SyncSolver, Terms } from '../../smt/index.js'
import type { LoadedProperty } from '../../spec/load/properties.js'
import type { PacketProof } from '../any-packet-run.js'
import { lockedPairing } from '../lock/index.js'
import { type PacketOnPath, provePacket } from '../packet-proof.js'
import { provePropertyOnPath } from '../property-proof.js'
import { readProperty } from '../read-property.js'
import { type Started, started } from '../started.js'
import { storedFrom, storedOn } from '../stored.js'
import { configurations, type Subject } from '../subject.js'
import type { Work } from './messages.js'

/** One case of a subject, with what all that is explored of it begins with. */
export interface Case {
  readonly subject: Subject
  readonly terms: Terms
  readonly started: Started
}

/** Cases are started when they are first needed. */
export class Cases {
  readonly #subjects: readonly Subject[]
  readonly #solver: SyncSolver
  readonly #started = new Map<number, Case>()

  constructor(subject: Subject, solver: SyncSolver) {
    this.#subjects = configurations(subject)
    this.#solver = solver
  }

  of({ configuration }: Work): Case {
    const known = this.#started.get(configuration)
    if (known !== undefined) return known
    const subject = this.#subjects[configuration]
    if (subject === undefined) throw new RangeError(`there is no case ${configuration}`)
    const terms = new Terms()
    const made = { subject, terms, started: started(subject, terms, { terms, solver: this.#solver }) }
    this.#started.set(configuration, made)
    return made
  }
}

export function runOf(work: Work, about: Case, properties: readonly LoadedProperty[]): (path: Path) => unknown {
  if (work.kind === 'packets') return packetRun(work, about)
  const { subject } = about
  const proof = proofOf(work, about)
  if (work.kind === 'storing') {
    const { start, pairing, longest } = proof
    return (path) =>
      work.lock === undefined ? storedOn(subject, start, pairing, longest, path) : storedFrom(proof, path)
  }
  const property = properties.find(({ name }) => name === work.property)
  if (property === undefined) throw new RangeError(`there is no property ${work.property}`)
  const read = readProperty(subject, property)
  return (path) => provePropertyOnPath({ ...proof, ...read }, path)
}

export function packetRun(work: Work, about: Case): (path: Path) => PacketOnPath {
  const proof = proofOf(work, about)
  return (path) => provePacket(proof, path)
}

function proofOf({ lock, longest }: Work, { subject, started: { start, pairings } }: Case): PacketProof {
  const pairing = lock === undefined ? pairings[0] : lockedPairing(lock, pairings)
  if (start === undefined || pairing === undefined) throw new RangeError('what is to be explored is not known here')
  return { subject, start, pairing, left: lock?.left ?? { bytes: new Set(), globals: new Set() }, longest }
}
