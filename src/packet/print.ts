/** A packet as a tree of layers and fields, for people. Any bytes will do; nothing throws. */
import { dissect, fieldsOf, layerName, restOffset, type Section } from './dissect.js'
import { type Field, formatField, readField } from './field.js'
import { hexdump, hexText } from './hexdump.js'
import { judgeChecksum } from './judge.js'

export interface PrintOptions {
  /** Bytes shown of payload, padding and trailer each; all by default. */
  readonly payloadBytes?: number
  /** Put before every line. */
  readonly indent?: string
}

/** One line for each layer and field; flags spelled, checksums judged, payload as a hexdump with ASCII. */
export function printTree(frame: Uint8Array, options: PrintOptions = {}): string {
  const lines = [`frame: ${frame.length} bytes`]
  for (const section of dissect(frame)) {
    if (section.table === undefined) lines.push(...dataLines(frame, section, options))
    else lines.push(...headerLines(frame, section, section.table))
  }
  return lines.map((line) => (options.indent ?? '') + line).join('\n')
}

function dataLines(frame: Uint8Array, section: Section, options: PrintOptions): string[] {
  const bytes = frame.subarray(section.at, section.at + section.length)
  const dump = hexdump(bytes, options.payloadBytes ?? bytes.length)
  return [`  ${layerName(section)}: ${count(bytes.length)}`, ...dump.map((line) => `    ${line}`)]
}

function headerLines(frame: Uint8Array, section: Section, table: Readonly<Record<string, Field>>): string[] {
  const fields = fieldsOf(section)
  const isCut = fields.length < Object.keys(table).length
  const lines = [`  ${layerName(section)}${isCut ? ` (cut short after ${count(section.length)})` : ''}`]
  for (const field of fields) {
    const text = formatField(field, readField(frame, section.at, field))
    lines.push(`    ${field.name} = ${text}${field.kind === 'checksum' ? verdictOf(frame, section) : ''}`)
  }
  const from = restOffset(section)
  if (from < section.length) {
    const rest = frame.subarray(section.at + from, section.at + section.length)
    lines.push(`    ${isCut ? 'bytes' : 'options'} = ${hexText(rest)}`)
  }
  return lines
}

function verdictOf(frame: Uint8Array, section: Section): string {
  const judgement = judgeChecksum(frame, section)
  if (judgement === undefined) return ''
  const expected = `0x${judgement.expected.toString(16).padStart(4, '0')}`
  return judgement.state === 'wrong' ? ` wrong (expected ${expected})` : ` ${judgement.state}`
}

function count(bytes: number): string {
  return bytes === 1 ? '1 byte' : `${bytes} bytes`
}
