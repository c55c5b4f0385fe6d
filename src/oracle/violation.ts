import type { ConcreteReading } from '../domains/concrete/reading.js'
import { diffPackets } from '../packet/diff.js'
import type { Layers } from '../packet/layers.js'
import type { BadKind, Difference, Violation } from '../result/types.js'
import type { Site, Verdict } from '../spec/verdict.js'
import { MACS, pairsOf, sameFrame } from './match.js'

/** What the oracle keeps of the packet judged last. */
export interface Evidence {
  time: bigint
  ingress: number
  verdict: Verdict | undefined
  expectedPorts: number
  bad: Fault | undefined
}

/** What the device did that no specification allows. */
export interface Fault {
  readonly kind: BadKind | 'ports' | 'bytes'
  /** One line. */
  readonly text: string
}

/** A violation with the frames themselves, in copies of their own. */
export interface ViolationDetail {
  readonly violation: Violation
  readonly time: bigint
  readonly ingress: number
  readonly input: Uint8Array
  readonly expected: { readonly ports: readonly number[]; readonly frame: Uint8Array | undefined }
  readonly actual: { readonly ports: readonly number[]; readonly frame: Uint8Array | undefined }
}

export function describeViolation(names: Names, reading: ConcreteReading, evidence: Evidence): ViolationDetail {
  const { verdict, bad } = evidence
  const isMasked = names.hasMacs === false
  const { expected, actual } = outcomes(reading, evidence, isMasked)
  if (isMasked && expected.frame !== undefined) actual.frame?.set(expected.frame.subarray(0, MACS))
  const { kind, summary, differences } = compareOutcomes(expected, actual)
  const fault = bad ?? leftApart(reading, evidence)
  return detailOf(names, reading, evidence, {
    kind: fault?.kind ?? kind,
    summary: fault?.text ?? summary,
    differences,
    expected,
    actual,
    expectedText: fateText(expected, verdict),
    actualText: fault?.text ?? fateText(actual, undefined),
    site: verdict?.site,
  })
}

/** What was expected and seen: of several forms, the first that is not as it must be, where the ports are right. */
function outcomes(
  reading: ConcreteReading,
  { verdict, expectedPorts }: Evidence,
  isMasked: boolean,
): { readonly expected: Outcome; readonly actual: Outcome } {
  const { seen, pool } = reading
  const actual = outcomeSeen(reading)
  if (verdict?.packet === undefined || expectedPorts === 0) {
    return { expected: { ports: portList(expectedPorts), frame: undefined }, actual }
  }
  const wrong =
    verdict.forms === undefined || seen.egress !== expectedPorts
      ? undefined
      : pairsOf(verdict, seen, pool).find((pair) => {
          return !sameFrame(pair.expected, seen.bytes, pair.start, pair.length, isMasked)
        })
  if (wrong === undefined) {
    return { expected: { ports: portList(expectedPorts), frame: frameOf(pool.layersOf(verdict.packet)) }, actual }
  }
  const ports = portList(wrong.ports)
  return {
    expected: { ports, frame: frameOf(wrong.expected.layers) },
    actual: { ports, frame: seen.bytes.slice(wrong.start, wrong.start + wrong.length) },
  }
}

/** A packet that has one form, and left in two. */
function leftApart({ seen }: ConcreteReading, { verdict, expectedPorts }: Evidence): Fault | undefined {
  if (seen.egress !== expectedPorts || seen.otherEgress === 0 || verdict?.forms !== undefined) return undefined
  const [port] = portList(seen.otherEgress)
  return { kind: 'bytes', text: `left by port ${port} with other bytes than by another` }
}

/** What `detailOf` is made from. */
export interface Wrong extends Pick<Violation, 'kind' | 'summary' | 'differences'> {
  readonly expected: Outcome
  readonly actual: Outcome
  readonly expectedText: string
  readonly actualText: string
  readonly site: Site | undefined
}

interface Names {
  readonly nf: string
  readonly instance: string
  /** As of the oracle: those that are not seen are no difference. */
  readonly hasMacs?: boolean
}

interface Arrival {
  readonly time: bigint
  readonly ingress: number
}

/** Something wrong with the packet that the reading ran last. */
export function detailOf(names: Names, reading: ConcreteReading, arrival: Arrival, wrong: Wrong): ViolationDetail {
  return detailOfFrame(names, frameOf(reading.packet.layers), arrival, wrong)
}

/** A packet that left as it should, and then once more by the same port; `summary` says by which. */
export function describeLeftAgain(
  names: Names,
  arrival: Arrival,
  input: Uint8Array,
  left: Outcome,
  summary: string,
): ViolationDetail {
  return detailOfFrame(names, input, arrival, {
    kind: 'ports',
    summary,
    differences: [],
    expected: left,
    actual: left,
    expectedText: fateText(left, undefined),
    actualText: summary,
    site: undefined,
  })
}

function detailOfFrame(names: Names, input: Uint8Array, { time, ingress }: Arrival, wrong: Wrong): ViolationDetail {
  const { nf, instance } = names
  const { kind, summary, differences, expected, actual, site } = wrong
  return {
    time,
    ingress,
    input,
    expected,
    actual,
    violation: {
      nf,
      instance,
      summary,
      kind,
      time: String(time),
      ingress,
      expected: shown(expected, wrong.expectedText),
      actual: shown(actual, wrong.actualText),
      input: hex(input),
      differences,
      ...(site === undefined
        ? {}
        : { site: { file: site.file, line: site.line, text: site.text, clause: site.clause } }),
    },
  }
}

/** What was seen of the packet that the reading ran last. */
export function outcomeSeen({ seen }: ConcreteReading): Outcome {
  const frame = seen.egress === 0 ? undefined : seen.bytes.slice(seen.start, seen.start + seen.length)
  return { ports: portList(seen.egress), frame }
}

/** Where a packet goes, or went, and with which bytes. */
export interface Outcome {
  readonly ports: readonly number[]
  readonly frame: Uint8Array | undefined
}

/** How two outcomes that are not the same differ. */
export function compareOutcomes(
  expected: Outcome,
  actual: Outcome,
): {
  readonly kind: Violation['kind']
  /** One line. */
  readonly summary: string
  readonly differences: readonly Difference[]
} {
  const { frame } = expected
  const differences = frame === undefined || actual.frame === undefined ? [] : fieldDifferences(frame, actual.frame)
  const kind = kindOf(expected, actual)
  return { kind, summary: summarise(kind, expected.ports, actual.ports, differences), differences }
}

function kindOf(expected: Outcome, actual: Outcome): Violation['kind'] {
  if ((expected.ports.length === 0) !== (actual.ports.length === 0)) return 'verdict'
  if (expected.ports.join() !== actual.ports.join()) return 'ports'
  return expected.frame?.length === actual.frame?.length ? 'bytes' : 'length'
}

function summarise(
  kind: Violation['kind'],
  expected: readonly number[],
  actual: readonly number[],
  differences: readonly Difference[],
): string {
  if (kind === 'verdict' || kind === 'ports') return `expected ${fate(expected)}, but it ${past(actual)}`
  const [first, ...rest] = differences
  if (first === undefined) return 'the frames differ'
  const more = rest.length === 0 ? '' : ` and ${rest.length} more field${rest.length === 1 ? '' : 's'}`
  return `${first.layer}.${first.field} should be ${first.expected}, but is ${first.actual}${more}`
}

function fate(ports: readonly number[]): string {
  return ports.length === 0 ? 'the packet to be dropped' : `the packet to leave on ${portsText(ports)}`
}

function past(ports: readonly number[]): string {
  return ports.length === 0 ? 'was dropped' : `left on ${portsText(ports)}`
}

function portsText(ports: readonly number[]): string {
  return `port${ports.length === 1 ? '' : 's'} ${ports.join(', ')}`
}

/** In words where a packet goes, or went. */
export function fateText({ ports }: Outcome, verdict: Verdict | undefined): string {
  if (ports.length === 0) return 'drop'
  return `${verdict?.kind === 'flood' ? 'flood to' : 'forward to'} ${portsText(ports)}`
}

function shown({ ports, frame }: Outcome, text: string): Violation['expected'] {
  return { text, ports, ...(frame === undefined ? {} : { bytes: hex(frame) }) }
}

function fieldDifferences(expected: Uint8Array, actual: Uint8Array): Difference[] {
  return diffPackets(expected, actual).map(({ layer, field, expected: wanted, actual: got }) => ({
    layer,
    field,
    expected: wanted,
    actual: got,
  }))
}

export function frameOf(layers: Layers): Uint8Array {
  return layers.bytes.slice(layers.start, layers.end)
}

export function portList(set: number): number[] {
  const ports: number[] = []
  for (let port = 0; port < 31; port++) if (((set >>> port) & 1) === 1) ports.push(port)
  return ports
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}
