/**
 * One packet that is known, in any state and at any time, in the symbolic model: on which path the network function and its
 * specification differ as they did when they ran. It says where to look; that they differ was seen before.
 */

import type { Path } from '../domains/symbolic/path.js'
import { egressOf } from '../nf/index.js'
import type { PathDecision, SourcePlace } from '../result/index.js'
import { bitVecSort } from '../smt/index.js'
import type { TestPacket } from './counterexample/judged-runs.js'
import { ConditionTexts } from './describe-condition.js'
import type { PathReport } from './exploration/explore.js'
import { explorePackets } from './left-behind.js'
import { type PacketOnPath, provePacket } from './packet-proof.js'
import { decisionsOn } from './path-tree.js'
import type { Places } from './places.js'
import { exploring, type Prepared, type ProofOptions } from './prepare.js'

/** How it ran. */
export interface SeenRun {
  readonly packet: TestPacket
  /** Byte offsets of the network function's instructions. */
  readonly trace: readonly number[]
  /** What it called of libVig, in order. */
  readonly calls: readonly string[]
  /** A bit for each port that it left by; undefined where it did not return. */
  readonly egress: number | undefined
  /** Of the specification, where it answered. */
  readonly line: number | undefined
}

export type InModel =
  | {
      readonly kind: 'found'
      /** What must hold, and does not. */
      readonly guarantee: string
      readonly what: string
      /** Of the path, but for what the packet alone decides. */
      readonly decisions: readonly PathDecision[]
      /** The last that the network function took itself. */
      readonly last: SourcePlace | undefined
    }
  | { readonly kind: 'not found'; readonly why: string }

/** Bytes of the packet that the model is told; of the others it knows nothing. */
const TOLD = 128
const MOST_PATHS = 500

export function inModel(prepared: Prepared, options: ProofOptions, places: Places, seen: SeenRun): InModel {
  const { subject, start, pairing, terms, left, longest, causes } = prepared
  if (start === undefined || causes.length > 0) {
    return { kind: 'not found', why: causes[0]?.what ?? 'what nf_init makes cannot be followed' }
  }
  const { packet } = seen
  if (packet.bytes.length > longest) return { kind: 'not found', why: `the packet is longer than ${longest} bytes` }
  const found = explorePackets(
    (path, before) => {
      know(path, packet)
      return provePacket({ subject, start, pairing, left: before, longest }, path)
    },
    {
      ...exploring(terms, { ...options, mostPaths: MOST_PATHS }),
      isLast: (path) => isAlike(path, seen, subject.portCount),
    },
    left,
  )
  const path = found.paths.find((each) => isAlike(each, seen, subject.portCount))
  const failed = path?.obligations.find(({ answer }) => answer.kind === 'fails')?.obligation
  if (path === undefined || failed === undefined) {
    const lost = found.paths.find(({ end }) => end.kind === 'undecidable')?.end
    const why =
      lost?.kind === 'undecidable' ? lost.reason : `none of ${found.paths.length} paths of this packet differs so`
    return { kind: 'not found', why }
  }
  const decisions = decisionsOn(path, terms, new ConditionTexts(terms, pairing), places)
  const last = path.decisions.findLast(({ place }) => place?.kind === 'binary')?.place
  const { guarantee, what } = failed
  return { kind: 'found', guarantee, what, decisions, last: last && places.of(last) }
}

/** Its port, length and first bytes. */
function know(path: Path, { bytes, port }: TestPacket): void {
  const { terms } = path
  path.assume(terms.eq(terms.variable('packet.length', bitVecSort(16)), terms.bv(bytes.length, 16)))
  path.assume(terms.eq(terms.variable('port', bitVecSort(5)), terms.bv(port, 5)))
  const byte = terms.declareFunction('packet.byte', [bitVecSort(16)], bitVecSort(8))
  for (const [at, value] of bytes.subarray(0, TOLD).entries()) {
    path.assume(terms.eq(terms.apply(byte, terms.bv(at, 16)), terms.bv(value, 8)))
  }
}

/**
 * Whether something fails on a path that went alike: its branches were all met, it called the same of libVig, it ended so, and
 * the same line answers.
 */
function isAlike({ obligations, decisions, end }: PathReport<PacketOnPath>, seen: SeenRun, portCount: number): boolean {
  const { trace, calls, egress, line, packet } = seen
  const ran = new Set(trace)
  const isMet = decisions.every(({ place }) => place?.kind !== 'binary' || ran.has(place.offset))
  if (!isMet || !obligations.some(({ answer }) => answer.kind === 'fails')) return false
  if (end.kind !== 'ended') return egress === undefined
  const { nf, spec } = end.result
  if (spec.verdict.site?.line !== line || nf.calls.map(({ name }) => name).join() !== calls.join()) return false
  if (nf.end.kind !== 'returned' || nf.end.result.op !== 'bv') return nf.end.kind === 'returned'
  return egressOf(Number(BigInt.asIntN(32, nf.end.result.value)), packet.port, portCount) === egress
}
