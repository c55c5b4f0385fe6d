/** A proof as an entry of result.json. */
import type {
  Counterexample,
  GuaranteeCount,
  ProofCause,
  RunVerdict,
  SolverUse,
  VerifiedNf,
} from '../../result/index.js'
import type { Cause } from '../causes.js'
import { describeFound } from '../counterexample/describe.js'
import { type ReplayedNf, withReplay } from '../counterexample/replay-command.js'
import { findingsOf } from '../findings.js'
import { pathTree } from '../path-tree.js'
import { Places } from '../places.js'
import type { Explored, Proof } from '../prove.js'
import type { Subject } from '../subject.js'

export interface ProofFacts {
  /** The file that was loaded. */
  readonly binary: string
  readonly solver: SolverUse
  readonly peakMegabytes: number
  readonly replayed: ReplayedNf
}

const verdicts = { proved: 'holds', refuted: 'violated', undecided: 'undecided' } as const satisfies Record<
  Proof['verdict'],
  RunVerdict
>

export function verifiedNf(subject: Subject, proof: Proof, facts: ProofFacts): VerifiedNf {
  const { nf, spec, machine } = subject
  const { manifest, config } = nf
  const places = new Places(nf, machine.module, facts.binary)
  const causes = proof.causes.map((cause) => proofCause(cause, places))
  const [first] = causes
  const { explored, pairing } = proof
  const tree = pathTree({ explored, pairing, places, portCount: subject.portCount })
  const verdict = verdicts[proof.verdict]
  return {
    kind: 'verified',
    nf: manifest.name,
    instance: manifest.name,
    spec: { file: spec.file, title: spec.spec.title, sha256: spec.sha256 },
    binary: { file: facts.binary, sha256: nf.sha256, libvigSha256: nf.libvigSha256 },
    config: Object.fromEntries([...config.entries.keys()].map((name) => [name, config.text(name)])),
    options: Object.fromEntries(config.options),
    verdict,
    ...(verdict === 'undecided' && first !== undefined ? { cause: first.what } : {}),
    proof: proof.verdict,
    causes,
    guarantees: guaranteesOf(proof.explored),
    paths: proof.paths,
    obligations: proof.obligations,
    confirmed: tree.filter(({ confirmed }) => confirmed === 'yes').length,
    pathTree: tree,
    findings: findingsOf(proof.pairing),
    configurations: subject.configuration.open === undefined ? 'as given' : proof.configuration,
    seconds: proof.seconds,
    peakMegabytes: facts.peakMegabytes,
    solver: facts.solver,
    counterexamples: counterexamplesOf(proof, places, facts),
    properties: [],
  }
}

function counterexamplesOf({ counterexample }: Proof, places: Places, facts: ProofFacts): Counterexample[] {
  if (counterexample === undefined) return []
  const replayed = { ...facts.replayed, config: [...facts.replayed.config, ...counterexample.finding.config] }
  const found = describeFound(counterexample, places)
  // The engine lets pass what stays inside of the memory, and so does the simulator.
  if (found.violation.kind === 'memory') return [found]
  return [withReplay(found, replayed, `counterexample-${found.violation.nf}.pcapng`)]
}

function proofCause({ what, guarantee, place, paths }: Cause, places: Places): ProofCause {
  return {
    what,
    ...(guarantee === undefined ? {} : { guarantee }),
    ...(place === undefined ? {} : { place: places.of(place) }),
    paths,
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
