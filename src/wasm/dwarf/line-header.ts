/** The head of a line number program: how its opcodes are to be read, and its files (DWARF 5, section 6.2.4). */
import type { Cursor } from './cursor.js'

export interface LineHeader {
  readonly minimumLength: number
  readonly lineBase: number
  readonly lineRange: number
  readonly opcodeBase: number
  /** Operands of each standard opcode, from 1 on. */
  readonly operandCounts: readonly number[]
  /** The name of a file by its number. */
  readonly files: ReadonlyMap<number, string>
}

/** Texts that forms of version 5 refer to, by offset. */
export interface Strings {
  readonly lines: (at: number) => string
  readonly debug: (at: number) => string
}

/** Reads the head; the cursor is then at the first opcode. */
export function readLineHeader(cursor: Cursor, strings: Strings): LineHeader {
  const version = cursor.u16()
  if (version < 2 || version > 5) throw cursor.refuse(`line numbers of DWARF version ${version}`)
  // Sizes of an address and of a segment selector.
  if (version >= 5) cursor.skip(2)
  const length = cursor.u32()
  const head = cursor.part(length)
  const minimumLength = head.u8()
  // Operations of an instruction, and whether rows are statements to begin with.
  head.skip(version >= 4 ? 2 : 1)
  const lineBase = head.s8()
  const lineRange = head.u8()
  if (lineRange === 0) throw head.refuse('a line range of 0')
  const opcodeBase = head.u8()
  const operandCounts = Array.from({ length: Math.max(0, opcodeBase - 1) }, () => head.u8())
  const files = version >= 5 ? readFiles(head, strings) : readOldFiles(head)
  return { minimumLength, lineBase, lineRange, opcodeBase, operandCounts, files }
}

/** Until version 4: folders, then files with the number of their folder; both from 1 on. Folder 0 is not named. */
function readOldFiles(head: Cursor): Map<number, string> {
  const folders = ['']
  for (let folder = head.string(); folder !== ''; folder = head.string()) folders.push(folder)
  const files = new Map<number, string>()
  for (let name = head.string(); name !== ''; name = head.string()) {
    const folder = folders[head.unsigned()] ?? ''
    head.unsigned()
    head.unsigned()
    files.set(files.size + 1, join(folder, name))
  }
  return files
}

const PATH = 1
const FOLDER = 2

/** From version 5: lists of entries in a form that is given before. Folders are within folder 0, the compilation's. */
function readFiles(head: Cursor, strings: Strings): Map<number, string> {
  const [first, ...others] = readEntries(head, strings).map(({ path }) => path)
  const folders = [first ?? '', ...others.map((folder) => join(first ?? '', folder))]
  const files = new Map<number, string>()
  for (const { path, folder } of readEntries(head, strings)) files.set(files.size, join(folders[folder] ?? '', path))
  return files
}

function readEntries(head: Cursor, strings: Strings): { path: string; folder: number }[] {
  const formats = Array.from({ length: head.u8() }, () => ({ content: head.unsigned(), form: head.unsigned() }))
  const count = head.unsigned()
  // Each takes at least a byte; without formats there is nothing to read.
  if (count > head.end - head.at) throw head.refuse(`${count} files`)
  return Array.from({ length: count }, () => {
    let path = ''
    let folder = 0
    for (const { content, form } of formats) {
      const value = readForm(head, form, strings)
      if (content === PATH) path = String(value)
      else if (content === FOLDER) folder = Number(value)
    }
    return { path, folder }
  })
}

/** Forms that the standard allows here (section 6.2.4.1). */
function readForm(head: Cursor, form: number, strings: Strings): string | number {
  switch (form) {
    case 0x08: // string
      return head.string()
    case 0x1f: // line_strp
      return strings.lines(head.u32())
    case 0x0e: // strp
      return strings.debug(head.u32())
    case 0x0b: // data1
      return head.u8()
    case 0x05: // data2
      return head.u16()
    case 0x0f: // udata
      return head.unsigned()
    case 0x06: // data4
      return head.u32()
    case 0x07: // data8
      head.skip(8)
      return 0
    case 0x1e: // data16
      head.skip(16)
      return 0
    case 0x09: // block
      head.skip(head.unsigned())
      return 0
    default:
      throw head.refuse(`form 0x${form.toString(16)} in a list of files`)
  }
}

function join(folder: string, name: string): string {
  return folder === '' || name.startsWith('/') ? name : `${folder}/${name}`
}
