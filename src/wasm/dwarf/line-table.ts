/**
 * Lines of C and of what else compiles with DWARF (version 5, section 6.2), from the section `.debug_line`. Addresses are
 * byte offsets from the contents of the code section (WebAssembly tool conventions, "DWARF for WebAssembly").
 */
import type { CustomSection, FunctionCode, Module } from '../module.js'
import { type Mapping, SourceMap } from '../source-map.js'
import { Cursor } from './cursor.js'
import { type LineHeader, readLineHeader, type Strings } from './line-header.js'

/** The module's lines; undefined where it has none. A `ModuleError` where they cannot be read. */
export function readLineTable(module: Module): SourceMap | undefined {
  const section = find(module, '.debug_line')
  if (section === undefined || module.codeOffset === undefined) return undefined
  const strings: Strings = { lines: stringsOf(module, '.debug_line_str'), debug: stringsOf(module, '.debug_str') }
  const cursor = new Cursor(section.bytes, section.offset)
  const mappings: Mapping[] = []
  while (!cursor.isDone) {
    const length = cursor.u32()
    if (length >= 0xffff_fff0) throw cursor.refuse('64-bit debug information')
    const unit = cursor.part(length)
    const header = readLineHeader(unit, strings)
    for (const sequence of readSequences(unit, header)) {
      mappings.push(...fromInstructions(place(sequence, module.codeOffset), module.code))
    }
  }
  return new SourceMap(mappings, new Map())
}

function find(module: Module, name: string): CustomSection | undefined {
  return module.customSections.find((section) => section.name === name)
}

function stringsOf(module: Module, name: string): (at: number) => string {
  const section = find(module, name)
  return (at) => {
    const cursor = new Cursor(section?.bytes ?? new Uint8Array(), section?.offset ?? 0)
    cursor.skip(at)
    return cursor.string()
  }
}

/** Code that the linker left out is said to be at an address that none has: 0, or the last ones. */
const FIRST_ABSENT = 0xffff_fff0

function place(sequence: readonly Mapping[], codeOffset: number): Mapping[] {
  const start = sequence[0]?.offset ?? 0
  if (start === 0 || start >= FIRST_ABSENT) return []
  return sequence.map(({ offset, position }) => ({ offset: codeOffset + offset, position }))
}

/**
 * Functions begin, for DWARF, where their locals are declared, and for who asks, at their first instruction. The last row of
 * a sequence ends a function, where another one's locals may be declared.
 */
function fromInstructions(rows: readonly Mapping[], code: readonly FunctionCode[]): Mapping[] {
  return rows.map(({ offset, position }) => {
    const next = position && code.find(({ instructions }) => offset <= (instructions.at(-1)?.offset ?? 0))
    return { offset: next === undefined ? offset : Math.max(offset, next.start), position }
  })
}

/** What a line number program computes with (section 6.2.2), as far as it is used. */
class Machine {
  address = 0
  file = 1
  line = 1
  column = 0
  readonly rows: Mapping[] = []
  readonly #files: ReadonlyMap<number, string>

  constructor({ files }: LineHeader) {
    this.#files = files
  }

  row(isEnd: boolean): void {
    const file = this.#files.get(this.file)
    // Line 0 is code that stands in no source.
    const isKnown = !isEnd && file !== undefined && this.line > 0
    const position = isKnown ? { file, line: this.line, column: Math.max(1, this.column) } : undefined
    this.rows.push({ offset: this.address, position })
  }
}

function readSequences(unit: Cursor, header: LineHeader): Mapping[][] {
  const sequences: Mapping[][] = []
  let machine = new Machine(header)
  const { opcodeBase, lineBase, lineRange, minimumLength, operandCounts } = header
  const advance = (special: number): void => {
    machine.address += Math.floor((special - opcodeBase) / lineRange) * minimumLength
  }
  while (!unit.isDone) {
    const opcode = unit.u8()
    if (opcode >= opcodeBase) {
      advance(opcode)
      machine.line += lineBase + ((opcode - opcodeBase) % lineRange)
      machine.row(false)
    } else if (opcode === 0) {
      if (readExtended(unit.part(unit.unsigned()), machine)) {
        sequences.push(machine.rows)
        machine = new Machine(header)
      }
    } else if (opcode === 8) {
      // const_add_pc
      advance(255)
    } else readStandard(unit, machine, opcode, minimumLength, operandCounts[opcode - 1] ?? 0)
  }
  return sequences
}

/** True where a sequence ends. */
function readExtended(part: Cursor, machine: Machine): boolean {
  const opcode = part.u8()
  // set_address; the others (discriminators) do not matter here.
  if (opcode === 2) machine.address = part.u32()
  if (opcode !== 1) return false
  machine.row(true)
  return true
}

function readStandard(unit: Cursor, machine: Machine, opcode: number, minimumLength: number, operands: number): void {
  switch (opcode) {
    case 1: // copy
      machine.row(false)
      return
    case 2: // advance_pc
      machine.address += unit.unsigned() * minimumLength
      return
    case 3: // advance_line
      machine.line += unit.signed()
      return
    case 4: // set_file
      machine.file = unit.unsigned()
      return
    case 5: // set_column
      machine.column = unit.unsigned()
      return
    case 9: // fixed_advance_pc
      machine.address += unit.u16()
      return
    default:
      for (let index = 0; index < operands; index++) unit.unsigned()
  }
}
