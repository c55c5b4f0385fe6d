/** A case as YAML, to be read by people and kept in version control; docs/schemas/case.schema.json says the same. */
import { parseDocument, stringify } from 'yaml'

import { InputError } from '../../errors.js'
import { formatDuration } from '../../nf/quantities.js'
import { printLine } from '../../packet/index.js'
import { parseDuration } from '../../testbed/duration.js'
import { FIELDS, type Fill } from '../fields.js'
import type { CasePacket, SuiteCase } from './suite.js'

export function caseText({ name, title, clause, meets, packets }: SuiteCase): string {
  const body = {
    name,
    title,
    ...(clause === '' ? {} : { clause }),
    meets,
    packets: packets.map((packet) => ({
      ...(packet.note === undefined ? {} : { note: packet.note }),
      wait: waitText(packet.wait),
      port: packet.port,
      ...(packet.times === 1 ? {} : { times: packet.times }),
      text: printLine(packet.bytes),
      ...(packet.line === undefined ? {} : { line: packet.line }),
      ...(packet.fills.length === 0 ? {} : { fill: packet.fills }),
      bytes: Buffer.from(packet.bytes).toString('hex'),
    })),
  }
  return stringify(body, { lineWidth: 0 })
}

/** @throws InputError where it is no case. */
export function readCase(text: string, file: string): SuiteCase {
  const document = parseDocument(text)
  const [fault] = document.errors
  if (fault !== undefined) throw new InputError(`is not YAML: ${fault.message}`, { file })
  const read = new Reader(file)
  const body = read.record(document.toJS(), 'the case')
  const packets = read.list(body.packets, 'packets').map((packet, at) => read.packet(packet, `packets[${at}]`))
  if (packets.length === 0) throw new InputError('has no packets', { file })
  return {
    name: read.text(body.name, 'name'),
    title: read.text(body.title, 'title'),
    clause: body.clause === undefined ? '' : read.text(body.clause, 'clause'),
    meets: read.list(body.meets, 'meets').map((each, at) => read.text(each, `meets[${at}]`)),
    packets,
  }
}

/** What does not round to a whole unit is told in nanoseconds. */
function waitText(wait: bigint): string {
  const text = formatDuration(wait)
  return parseDuration(text) === wait ? text : `${wait} ns`
}

/** Also of more nanoseconds than are written in other units. */
function durationOf(text: string): bigint | undefined {
  const nanoseconds = /^(\d{1,19}) ns$/.exec(text)?.[1]
  return nanoseconds === undefined ? parseDuration(text) : BigInt(nanoseconds)
}

class Reader {
  readonly #file: string

  constructor(file: string) {
    this.#file = file
  }

  record(value: unknown, name: string): Readonly<Record<string, unknown>> {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) this.#refuse(name, 'is not a mapping')
    return Object.fromEntries(Object.entries(value))
  }

  list(value: unknown, name: string): readonly unknown[] {
    return Array.isArray(value) ? value : this.#refuse(name, 'is not a list')
  }

  text(value: unknown, name: string): string {
    return typeof value === 'string' ? value : this.#refuse(name, 'is not a text')
  }

  whole(value: unknown, name: string, least: number, most: number): number {
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value
    return this.#refuse(name, `is not a whole number from ${least} to ${most}`)
  }

  packet(value: unknown, name: string): CasePacket {
    const given = this.record(value, name)
    const wait = durationOf(this.text(given.wait, `${name}.wait`))
    if (wait === undefined) this.#refuse(`${name}.wait`, 'is not a duration such as 1 ms')
    const hex = this.text(given.bytes, `${name}.bytes`)
    if (!/^([0-9a-f]{2})*$/.test(hex)) this.#refuse(`${name}.bytes`, 'is not hexadecimal')
    const fills = given.fill === undefined ? [] : this.list(given.fill, `${name}.fill`)
    return {
      wait,
      port: this.whole(given.port, `${name}.port`, 0, 29),
      bytes: Uint8Array.from(Buffer.from(hex, 'hex')),
      fills: fills.map((each, at) => this.#fill(each, `${name}.fill[${at}]`)),
      times: given.times === undefined ? 1 : this.whole(given.times, `${name}.times`, 1, 1_000_000),
      note: given.note === undefined ? undefined : this.text(given.note, `${name}.note`),
      line: given.line === undefined ? undefined : this.whole(given.line, `${name}.line`, 0, 1_000_000),
    }
  }

  #fill(value: unknown, name: string): Fill {
    const given = this.record(value, name)
    const field = (text: unknown, what: string) =>
      FIELDS.find((each) => each === text) ?? this.#refuse(what, `is none of ${FIELDS.join(', ')}`)
    return {
      field: field(given.field, `${name}.field`),
      output: this.whole(given.output, `${name}.output`, 1, 1_000_000),
      of: field(given.of, `${name}.of`),
      plus: this.whole(given.plus, `${name}.plus`, -65_535, 65_535),
    }
  }

  #refuse(name: string, what: string): never {
    throw new InputError(`${name} ${what}`, {
      file: this.#file,
      hint: 'docs/schemas/case.schema.json says how cases are written',
    })
  }
}
