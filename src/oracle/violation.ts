import type { ConcreteReading } from '../domains/concrete/reading.js'
import { diffPackets } from '../packet/diff.js'
import type { Layers } from '../packet/layers.js'
import type { BadKind, Difference, Violation } from '../result/types.js'
import type { Site, Verdict } from '../spec/verdict.js'
import { MACS } from './match.js'

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
  const expectedFrame =
    verdict?.packet === undefined || evidence.expectedPorts === 0
      ? undefined
      : frameOf(reading.pool.layersOf(verdict.packet))
  const expected = { ports: portList(evidence.expectedPorts), frame: expectedFrame }
  const actual = outcomeSeen(reading)
  if (names.hasMacs === false && expectedFrame !== undefined) actual.frame?.set(expectedFrame.subarray(0, MACS))
  const { kind, summary, differences } = compareOutcomes(expected, actual)
  return detailOf(names, reading, evidence, {
    kind: bad?.kind ?? kind,
    summary: bad?.text ?? summary,
    differences,
    expected,
    actual,
    expectedText: fateText(expected, verdict),
    actualText: bad?.text ?? fateText(actual, undefined),
    site: verdict?.site,
  })
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
