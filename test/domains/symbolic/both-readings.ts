/**
 * One specification read three ways, packet by packet: fast, fast but instrumented, and symbolically under the one
 * assignment that a packet gives. All must say the same of verdict, ports, bytes, checksums and state.
 */

import { SpecIndexSet } from '../../../src/domains/concrete/index-set.js'
import { ConcreteReading } from '../../../src/domains/concrete/reading.js'
import { SpecExpiringMap } from '../../../src/domains/concrete/tables.js'
import type { ExpectedChecksum } from '../../../src/domains/symbolic/expected.js'
import { Integers } from '../../../src/domains/symbolic/integer.js'
import { SymbolicReading } from '../../../src/domains/symbolic/reading.js'
import { recordCodec, type StateBinding } from '../../../src/domains/symbolic/state-binding.js'
import {
  fold,
  icmpChecksum,
  ipv4HeaderChecksum,
  onesComplementSum,
  transportChecksum,
} from '../../../src/packet/checksum.js'
import { Layers, parseLayers } from '../../../src/packet/layers.js'
import { bitVecSort } from '../../../src/smt/index.js'
import { SpecError } from '../../../src/spec/error.js'
import { loadInstrumentedSpec, loadSpec } from '../../../src/spec/load/index.js'
import type { AnySpec } from '../../../src/spec/spec.js'
import type { StateDeclaration } from '../../../src/spec/state.js'
import type { SpecConfig } from '../../../src/spec/values.js'
import type { Verdict } from '../../../src/spec/verdict.js'
import { EvaluatingPath } from './evaluating-path.js'
import {
  type Contents,
  KnownMap,
  KnownSet,
  LoggedFrame,
  LowestChoices,
  orderedRing,
  type Times,
} from './known-structures.js'

export interface Packet {
  readonly ingress: number
  readonly now: bigint
  readonly frame: Uint8Array
}

/** What one reading says of one packet. */
export interface Said {
  readonly kind: string
  readonly line: number | undefined
  /** Ports as bits. */
  readonly ports: number
  /** Bytes that leave; checksums that say the same are written the same. */
  readonly bytes: string
  /** The file, line and message of an error of the specification. */
  readonly error: string
}

export interface Loaded {
  readonly file: string
  readonly fast: AnySpec
  readonly instrumented: AnySpec
  readonly config: SpecConfig
}

export async function load(file: string, config: SpecConfig): Promise<Loaded> {
  const [fast, instrumented] = [await loadSpec(file), await loadInstrumentedSpec(file)]
  return { file, fast: fast.spec, instrumented: instrumented.spec, config }
}

/** A specification in the fast reading, with its state in sight. */
export class Fast {
  readonly #reading: ConcreteReading
  #context: Readonly<Record<string, unknown>> = {}

  constructor(spec: AnySpec, config: SpecConfig, file: string) {
    const process: AnySpec['process'] = (context) => {
      this.#context = context
      return spec.process(context)
    }
    this.#reading = new ConcreteReading({ ...spec, process }, config, file)
  }

  say({ ingress, now, frame }: Packet, portCount: number): Said {
    const reading = this.#reading
    reading.start(frame, 0, frame.length, ingress, now)
    try {
      const verdict = reading.run([])
      const { packet, ports } = verdict
      const forms = verdict.forms ?? (packet === undefined ? [] : [{ ports, packet }])
      const frames = forms.map((form) => {
        const own = reading.pool.own(form.packet)
        return own.bytes.slice(own.start, own.start + own.length)
      })
      return said(verdict, portsOf(verdict, ingress, portCount), frames)
    } catch (error) {
      return failed(error)
    }
  }

  /** What the tables hold, as text. */
  state(): readonly string[] {
    return Object.entries(this.#context).flatMap(([name, table]) => {
      if (table instanceof SpecIndexSet) return [`${name} ${indices(table.capacity).filter((i) => table.has(i))}`]
      if (!(table instanceof SpecExpiringMap)) return []
      const rows = indices(table.capacity).map((slot) => {
        const key: unknown = table.keyAt(slot)
        return key === undefined ? '-' : `${fieldsOf(key)} ${fieldsOf(valueIn(table, slot))}`
      })
      return [`${name} ${rows.join(' | ')}`]
    })
  }
}

function valueIn(table: SpecExpiringMap<unknown, unknown>, slot: number): unknown {
  try {
    return table.valueAt(slot)
  } catch {
    return undefined
  }
}

/** The same specification read symbolically; what it keeps lies in the layout of the specification. */
export class Symbolic {
  readonly reading: SymbolicReading
  readonly #contents = new Map<string, Contents>()
  readonly #times = new Map<string, Times>()
  /** The path of the last packet. */
  path = new EvaluatingPath()
  /** Where the last packet's IP and TCP checksums are, in which 0x0000 and 0xFFFF mean the same. */
  readonly onesComplements: number[] = []

  constructor({ instrumented, config, file }: Loaded) {
    this.reading = new SymbolicReading(instrumented, config, file)
  }

  say(packet: Packet): Said {
    const path = new EvaluatingPath()
    this.path = path
    this.onesComplements.length = 0
    const integers = new Integers(path.terms)
    const { portCount } = this.reading
    const { frame } = packet
    path.model.programs.set('packet.sum', (from, to) => BigInt(onesComplementSum(frame, Number(from), Number(to))))
    const ingress = integers.unsigned(
      path.constant('ingress', bitVecSort(8), BigInt(packet.ingress)),
      0n,
      BigInt(portCount) - 1n,
    )
    const now = integers.unsigned(path.constant('now', bitVecSort(62), packet.now))
    try {
      const { verdict } = this.reading.run({
        path,
        frame: LoggedFrame.of(path, frame),
        ingress,
        now,
        states: this.#states(path),
        choices: new LowestChoices(path),
      })
      const ports = indices(portCount).filter((port) => path.holds(verdict.leavesOn(integers.of(BigInt(port)))))
      const { forms, site, kind } = verdict
      const leaving = forms.filter(({ leavesOn }) =>
        indices(portCount).some((port) => path.holds(leavesOn(integers.of(BigInt(port))))),
      )
      const { terms } = path
      const frames = (leaving.length === 0 ? forms.slice(0, 1) : leaving).flatMap(({ expected }) => {
        if (expected === undefined) return []
        const length = Number(path.bits(expected.frame.length))
        const bytes = Uint8Array.from(indices(length), (i) =>
          Number(path.bits(expected.frame.read(terms.bv(i, 32), 1))),
        )
        for (const checksum of expected.checksums) {
          writeChecksum(path, checksum, bytes, this.reading.tagAware)
          if (checksum.kind !== 'udp') this.onesComplements.push(Number(path.bits(checksum.offset)))
        }
        return [bytes]
      })
      if (path.failed.length > 0) return { ...failed(undefined), error: path.failed.join() }
      return {
        kind,
        line: site?.line,
        ports: ports.reduce((set, port) => set | (1 << port), 0),
        bytes: frames.map(hex).join(''),
        error: '',
      }
    } catch (error) {
      return failed(error)
    }
  }

  state(): readonly string[] {
    return Object.entries(this.reading.declarations).flatMap(([name, declaration]) => {
      if (declaration.kind === 'indexSet') {
        return [`${name} ${(this.#times.get(name) ?? []).flatMap((time, i) => (time === undefined ? [] : [i]))}`]
      }
      if (declaration.kind !== 'expiringMap') return []
      const { key, value, capacity } = declaration
      const contents = this.#contents.get(name) ?? Array.from({ length: capacity }, () => undefined)
      const rows = Array.from(contents, (entry) => {
        if (entry === undefined) return '-'
        return `${unpacked(key, entry.key)} ${value === undefined ? '' : unpacked(value, entry.value)}`
      })
      return [`${name} ${rows.join(' | ')}`]
    })
  }

  #states(path: EvaluatingPath): ReadonlyMap<string, StateBinding> {
    return new Map(
      Object.entries(this.reading.declarations).map(
        ([name, declaration]) => [name, this.#bind(path, name, declaration)] as const,
      ),
    )
  }

  #bind(path: EvaluatingPath, name: string, declaration: StateDeclaration): StateBinding {
    switch (declaration.kind) {
      case 'expiringMap': {
        const empty: Contents = Array.from({ length: declaration.capacity }, () => undefined)
        const contents = this.#contents.get(name) ?? empty
        this.#contents.set(name, contents)
        const { bits } = recordCodec(name, declaration.key)
        const valueBits = declaration.value === undefined ? 0 : recordCodec(name, declaration.value).bits
        return { kind: 'expiringMap', state: new KnownMap(path, contents, bits, valueBits) }
      }
      case 'indexSet': {
        const none: Times = Array.from({ length: declaration.capacity }, () => undefined)
        const times = this.#times.get(name) ?? none
        this.#times.set(name, times)
        return { kind: 'indexSet', state: new KnownSet(path, times) }
      }
      case 'maglev':
        return { kind: 'maglev', state: orderedRing(path, declaration.backends) }
      case 'chosenBy':
        return { kind: 'chosenBy' }
    }
  }
}

/** `said` with every 0xFFFF at these offsets written as 0. */
export function normal(said: Said, onesComplements: readonly number[]): Said {
  const bytes = Buffer.from(said.bytes, 'hex')
  for (const at of onesComplements) {
    if (at + 2 <= bytes.length && bytes.readUInt16BE(at) === 0xffff) bytes.writeUInt16BE(0, at)
  }
  return { ...said, bytes: bytes.toString('hex') }
}

/** Bytes of the canonical layout back to the fields of a record. */
function unpacked(record: Parameters<typeof recordCodec>[1], bytes: bigint): string {
  const { layout } = recordCodec('record', record)
  const texts = [...layout.fields].map(([name, { offset, size }]) => {
    const value = BigInt.asUintN(8 * size, bytes >> BigInt(8 * (layout.size - offset - size)))
    return `${name} ${value}`
  })
  return texts.join(', ')
}

function fieldsOf(record: unknown): string {
  if (typeof record !== 'object' || record === null) return ''
  return Object.entries(record)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')
}

function portsOf({ kind, ports }: Verdict, ingress: number, portCount: number): number {
  return kind === 'flood' ? ((1 << portCount) - 1) & ~(1 << ingress) : ports
}

function said({ kind, site }: Verdict, ports: number, frames: readonly Uint8Array[]): Said {
  return { kind, line: site?.line, ports, bytes: frames.map(hex).join(''), error: '' }
}

function failed(error: unknown): Said {
  if (error !== undefined && !(error instanceof SpecError)) throw error
  return { kind: 'error', line: undefined, ports: 0, bytes: '', error: error instanceof SpecError ? error.message : '' }
}

/** Writes a checksum as its description says it must be. */
function writeChecksum(
  path: EvaluatingPath,
  { kind, offset, present, old, mode, changes }: ExpectedChecksum,
  into: Uint8Array,
  tagAware: boolean,
): void {
  if (!path.holds(present)) return
  const at = Number(path.bits(offset))
  const before = Number(path.bits(old))
  if (kind === 'udp' && before === 0) return
  if (mode === 'recomputed') {
    const layers = new Layers()
    parseLayers(layers, into, 0, into.length, tagAware)
    const sums = {
      ip: () => ipv4HeaderChecksum(into, layers.ipv4, layers.ipHeaderLength),
      icmpv6: () => icmpChecksum(into, layers),
    }
    const value = kind === 'ip' || kind === 'icmpv6' ? sums[kind]() : transportChecksum(into, layers)
    into[at] = value >> 8
    into[at + 1] = value & 0xff
    return
  }
  const words = changes.flatMap((change) => [
    ...change.old.map((word) => 0xffff - Number(path.bits(word))),
    ...change.new.map((word) => Number(path.bits(word))),
  ])
  const moved = fold(words.reduce((sum, word) => sum + word, before ^ 0xffff)) ^ 0xffff
  const value = moved === 0 && kind === 'udp' ? 0xffff : moved
  into[at] = value >> 8
  into[at + 1] = value & 0xff
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

function indices(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i)
}
