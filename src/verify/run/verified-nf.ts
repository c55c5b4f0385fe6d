/** A proof as an entry of result.json. */
import type { GuaranteeCount, SolverUse, VerifiedNf, VerifiedProperty } from '../../result/index.js'
import type { LoadedProperty } from '../../spec/load/properties.js'
import type { ReplayedNf } from '../counterexample/replay-command.js'
import { findingsOf } from '../findings.js'
import { LOCK_NAME } from '../lock/index.js'
import { pathTree } from '../path-tree.js'
import { Places } from '../places.js'
import type { Explored, Proof } from '../prove.js'
import type { PropertyResult } from '../prove-property.js'
import type { Subject } from '../subject.js'
import { counterexamplesOf } from './counterexamples.js'
import { folded } from './folded.js'
import { proofCause } from './proof-cause.js'
import { passedOverProperty, verifiedProperty } from './verified-property.js'

export interface ProofFacts {
  /** The file that was loaded. */
  readonly binary: string
  readonly solver: SolverUse
  readonly peakMegabytes: number
  readonly replayed: ReplayedNf
  /** Why helpers were lost. */
  readonly lost: readonly string[]
}

/** What was asked for. */
export interface Proofs {
  /** Of the specification. */
  readonly proof: Proof | undefined
  readonly properties: readonly PropertyResult[]
  /** Of which the configuration lacks what they need. */
  readonly passedOver: readonly LoadedProperty[]
  /** There is a lock file. */
  readonly hasLock: boolean
  readonly seconds: number
}

export function verifiedNf(subject: Subject, proofs: Proofs, facts: ProofFacts): VerifiedNf {
  const { nf, spec, machine } = subject
  const { manifest, config } = nf
  const places = new Places(nf, machine.module, facts.binary)
  const { proof } = proofs
  const ofSpec = proof === undefined ? undefined : specificationFacts(proof, subject, places)
  const properties = proofs.properties.map((result) => verifiedProperty(result, places, facts.replayed))
  const { verdict, cause } = folded([
    ...(proof === undefined ? [] : [{ about: '', verdict: proof.verdict, cause: ofSpec?.causes[0]?.what }]),
    ...properties.map((each) => ({ about: `property ${each.name}`, verdict: each.verdict, cause: each.cause })),
  ])
  const sum = (pick: (property: VerifiedProperty) => number): number =>
    properties.reduce((total, each) => total + pick(each), 0)
  return {
    kind: 'verified',
    nf: manifest.name,
    instance: manifest.name,
    spec: { file: spec.file, title: spec.spec.title, sha256: spec.sha256 },
    binary: { file: facts.binary, sha256: nf.sha256, libvigSha256: nf.libvigSha256 },
    config: Object.fromEntries([...config.entries.keys()].map((name) => [name, config.text(name)])),
    options: Object.fromEntries(config.options),
    verdict,
    ...(cause === undefined ? {} : { cause }),
    ...(ofSpec ?? {
      causes: [],
      guarantees: [],
      paths: sum(({ paths }) => paths),
      obligations: sum(({ obligations }) => obligations),
      confirmed: 0,
      pathTree: [],
    }),
    findings: [
      ...lockTexts(proofs),
      ...facts.lost.map((why) => `went on without a helper: ${why}`),
      ...new Set(
        [proof, ...proofs.properties.filter(isRead)].flatMap((each) => (each ? findingsOf(each.pairing) : [])),
      ),
    ],
    configurations: proof === undefined || subject.configuration.open === undefined ? 'as given' : proof.configuration,
    seconds: proofs.seconds,
    peakMegabytes: facts.peakMegabytes,
    solver: facts.solver,
    counterexamples: counterexamplesOf(proof?.counterexample, { places, replayed: facts.replayed }),
    properties,
    ...(proofs.passedOver.length === 0 ? {} : { passedOver: proofs.passedOver.map(passedOverProperty) }),
  }
}

/** What is proved without a look at any table rests on no layout. */
function isRead({ verdict, isLooking }: PropertyResult): boolean {
  return verdict !== 'proved' || isLooking
}

function lockTexts({ proof, properties, hasLock }: Proofs): string[] {
  if (!hasLock) return []
  if ([proof, ...properties].every((each) => each?.isLocked !== false)) return [`begun with ${LOCK_NAME}`]
  const anew = `${LOCK_NAME} does not lead to a proof: all was found out anew`
  return [proof?.verdict === 'proved' ? `${anew} (--lock writes it again)` : anew]
}

type SpecificationFacts = Required<
  Pick<VerifiedNf, 'proof' | 'causes' | 'guarantees' | 'paths' | 'obligations' | 'confirmed' | 'pathTree'>
>

function specificationFacts(proof: Proof, { portCount }: Subject, places: Places): SpecificationFacts {
  const { explored, pairing, verdict, paths, obligations } = proof
  const tree = pathTree({ explored, pairing, places, portCount })
  return {
    proof: verdict,
    causes: proof.causes.map((cause) => proofCause(cause, places)),
    guarantees: guaranteesOf(explored),
    paths,
    obligations,
    confirmed: tree.filter(({ confirmed }) => confirmed === 'yes').length,
    pathTree: tree,
  }
}

/** In the order in which they came up. */
function guaranteesOf({ init, packets }: Explored): GuaranteeCount[] {
  const counts = new Map<string, { obligations: number; failed: number }>()
  for (const { obligations } of [...(init?.paths ?? []), ...(packets?.paths ?? [])]) {
    for (const { obligation, answer } of obligations) {
      const count = counts.get(obligation.guarantee) ?? { obligations: 0, failed: 0 }
      count.obligations += 1
      if (answer.kind !== 'holds') count.failed += 1
      counts.set(obligation.guarantee, count)
    }
  }
  return [...counts].map(([guarantee, count]) => ({ guarantee, ...count }))
}
