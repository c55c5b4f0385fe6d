/**
 * The difference of two packets, field by field. Layers are paired by name in order, so that a tag too many is one
 * line and not a shift of everything after it; what is not a field is compared as runs of bytes.
 */
import { dissect, fieldsOf, layerName, type Section } from './dissect.js'
import { type Field, formatField, readField } from './field.js'
import { hexText } from './hexdump.js'

export interface PacketDifference {
  /** `ipv4`, `payload`, `inner udp` for a datagram quoted by ICMP, `frame` for its length. */
  readonly layer: string
  /** Field name, `length`, `bytes 4-7` of the layer, or `layer` where all of it is missing or one too many. */
  readonly field: string
  /** Offset in the expected frame, bits (in the actual one for a layer too many). */
  readonly bit: number
  /** Values as people write them; `absent` where there is none. */
  readonly expected: string
  readonly actual: string
}

const absent = 'absent'

/** Differing bytes with fewer equal ones than this between them are one run. */
const gap = 4

/** Bytes of a run or a layer shown at most. */
const shownBytes = 32

/** Every difference, in the order of the expected frame. Empty if and only if the bytes are equal. */
export function diffPackets(expected: Uint8Array, actual: Uint8Array): PacketDifference[] {
  const differences: PacketDifference[] = []
  for (const [wanted, got] of pairSections(dissect(expected), dissect(actual))) {
    if (wanted === undefined) {
      if (got !== undefined) differences.push(wholeLayer(got, absent, summary(actual, got)))
    } else if (got === undefined) differences.push(wholeLayer(wanted, summary(expected, wanted), absent))
    else diffSection(differences, expected, wanted, actual, got)
  }
  if (expected.length !== actual.length) {
    differences.unshift({
      layer: 'frame',
      field: 'length',
      bit: 0,
      expected: `${expected.length} bytes`,
      actual: `${actual.length} bytes`,
    })
  }
  return differences
}

type Pair = readonly [Section | undefined, Section | undefined]

function pairSections(expected: readonly Section[], actual: readonly Section[]): Pair[] {
  const pairs: Pair[] = []
  let next = 0
  for (const wanted of expected) {
    const match = actual.findIndex((got, i) => i >= next && layerName(got) === layerName(wanted))
    if (match === -1) pairs.push([wanted, undefined])
    else {
      for (const extra of actual.slice(next, match)) pairs.push([undefined, extra])
      pairs.push([wanted, actual[match]])
      next = match + 1
    }
  }
  for (const extra of actual.slice(next)) pairs.push([undefined, extra])
  return pairs
}

function wholeLayer(section: Section, expected: string, actual: string): PacketDifference {
  return { layer: layerName(section), field: 'layer', bit: section.at * 8, expected, actual }
}

function summary(frame: Uint8Array, section: Section): string {
  return hexText(frame.subarray(section.at, section.at + section.length), shownBytes)
}

function diffSection(
  into: PacketDifference[],
  expected: Uint8Array,
  wanted: Section,
  actual: Uint8Array,
  got: Section,
): void {
  const layer = layerName(wanted)
  const add = (field: string, bit: number, wantedText: string, gotText: string): void => {
    into.push({ layer, field, bit: wanted.at * 8 + bit, expected: wantedText, actual: gotText })
  }
  const fields = sharedFields(wanted, got)
  for (const field of fields) {
    const a = readField(expected, wanted.at, field)
    const b = readField(actual, got.at, field)
    if (a !== b) add(field.name, field.bit, formatField(field, a), formatField(field, b))
  }
  if (wanted.length !== got.length) add('length', 0, `${wanted.length} bytes`, `${got.length} bytes`)
  const bits = fields.reduce((end, field) => end + field.width, 0)
  diffBytes(add, bodyOf(expected, wanted), bodyOf(actual, got), Math.floor(bits / 8))
}

/** The fields at the start that both have: messages of two types share only those before their types part. */
function sharedFields(wanted: Section, got: Section): Field[] {
  const theirs = fieldsOf(got)
  const ours = fieldsOf(wanted)
  const parting = ours.findIndex((field, i) => theirs[i]?.name !== field.name || theirs[i]?.width !== field.width)
  return parting === -1 ? ours : ours.slice(0, parting)
}

function bodyOf(frame: Uint8Array, section: Section): Uint8Array {
  return frame.subarray(section.at, section.at + section.length)
}

/** Runs of differing bytes from `from` on; bytes that only one of the two has are in the last run. */
function diffBytes(
  add: (field: string, bit: number, expected: string, actual: string) => void,
  expected: Uint8Array,
  actual: Uint8Array,
  from: number,
): void {
  const length = Math.max(expected.length, actual.length)
  let at = from
  while (at < length) {
    if (expected[at] === actual[at]) {
      at += 1
      continue
    }
    const to = endOfRun(expected, actual, at, length)
    const name = to - at === 1 ? `byte ${at}` : `bytes ${at}-${to - 1}`
    add(name, at * 8, textOf(expected, at, to), textOf(actual, at, to))
    at = to
  }
}

function endOfRun(expected: Uint8Array, actual: Uint8Array, from: number, length: number): number {
  let end = from + 1
  for (let at = end; at < length && at < end + gap; at++) if (expected[at] !== actual[at]) end = at + 1
  return end
}

function textOf(bytes: Uint8Array, from: number, to: number): string {
  return from >= bytes.length ? absent : hexText(bytes.subarray(from, to), shownBytes)
}
