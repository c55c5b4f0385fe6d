/**
 * Source maps of WebAssembly modules (ECMA-426; AssemblyScript writes them): one generated line, in which a column is a
 * byte offset in the file.
 */
import { InputError } from '../errors.js'

export interface SourcePosition {
  readonly file: string
  /** 1-based. */
  readonly line: number
  /** 1-based. */
  readonly column: number
}

/** From an offset on, up to the next mapping. */
export interface Mapping {
  readonly offset: number
  /** Undefined for code that stands in no source. */
  readonly position: SourcePosition | undefined
}

export class SourceMap {
  readonly #mappings: readonly Mapping[]
  /** Texts of source files, where the map has them. */
  readonly sources: ReadonlyMap<string, string>

  constructor(mappings: readonly Mapping[], sources: ReadonlyMap<string, string>) {
    this.#mappings = [...mappings].sort((a, b) => a.offset - b.offset)
    this.sources = sources
  }

  /** Where the instruction at a byte offset in the file comes from; undefined where the map does not say. */
  locate(offset: number): SourcePosition | undefined {
    return this.#mappings[this.#before(offset)]?.position
  }

  /**
   * As `locate`, but where the map does not say, the last position it has before, at `start` or after: compilers leave
   * out what they add themselves. `start`: the start of the function.
   */
  near(offset: number, start: number): SourcePosition | undefined {
    for (let index = this.#before(offset); index >= 0; index--) {
      const mapping = this.#mappings[index]
      if (mapping === undefined || mapping.offset < start) return undefined
      if (mapping.position !== undefined) return mapping.position
    }
    return undefined
  }

  /** Index of the last mapping at or before an offset, -1 for none. */
  #before(offset: number): number {
    let low = 0
    let high = this.#mappings.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#mappings[middle]?.offset ?? 0) <= offset) low = middle + 1
      else high = middle
    }
    return low - 1
  }
}

/** `file`: named in the InputError where the text is no source map. */
export function readSourceMap(text: string, file: string): SourceMap {
  try {
    const map: unknown = JSON.parse(text)
    if (!isRecord(map) || map.version !== 3) throw new SyntaxError('no source map of version 3')
    const names = strings(map.sources, 'sources').map((name) => name ?? '')
    const contents = map.sourcesContent === undefined ? [] : strings(map.sourcesContent, 'sourcesContent')
    if (typeof map.mappings !== 'string') throw new SyntaxError('no mappings')
    const texts = names.flatMap((name, index): [string, string][] => {
      const content = contents[index]
      return content === undefined ? [] : [[name, content]]
    })
    return new SourceMap(readMappings(map.mappings, names), new Map(texts))
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
    throw new InputError(`not a source map: ${cause.message}`, { file }, { cause })
  }
}

function readMappings(text: string, names: readonly string[]): Mapping[] {
  const [first = '', ...others] = text.split(';')
  if (others.some((line) => line !== '')) throw new SyntaxError('more than one generated line')
  const mappings: Mapping[] = []
  let [offset, source, line, column] = [0, 0, 0, 0]
  for (const segment of first === '' ? [] : first.split(',')) {
    const [byOffset = 0, bySource, byLine = 0, byColumn = 0] = readNumbers(segment)
    offset += byOffset
    if (bySource === undefined) {
      mappings.push({ offset, position: undefined })
      continue
    }
    source += bySource
    line += byLine
    column += byColumn
    const file = names[source]
    if (file === undefined) throw new SyntaxError(`no source ${source}`)
    mappings.push({ offset, position: { file, line: line + 1, column: column + 1 } })
  }
  return mappings
}

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const MORE = 32

/** Base64 VLQ: five bits a digit, least significant first, then the sign in the lowest bit. */
function readNumbers(segment: string): number[] {
  const numbers: number[] = []
  let value = 0
  let scale = 1
  for (const character of segment) {
    const digit = digits.indexOf(character)
    if (digit < 0) throw new SyntaxError(`the character ${JSON.stringify(character)} in mappings`)
    value += (digit % MORE) * scale
    scale *= MORE
    if (digit >= MORE) continue
    numbers.push(value % 2 === 0 ? value / 2 : -(value - 1) / 2)
    value = 0
    scale = 1
  }
  if (scale !== 1) throw new SyntaxError(`mapping ${JSON.stringify(segment)} ends early`)
  return numbers
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A list of strings and nulls. */
function strings(value: unknown, what: string): (string | undefined)[] {
  if (!Array.isArray(value)) throw new SyntaxError(`no ${what}`)
  return value.map((item: unknown) => (typeof item === 'string' ? item : undefined))
}
