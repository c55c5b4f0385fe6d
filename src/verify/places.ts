/** Where an instruction of a network function comes from: by its source map, by DWARF, or its byte offset. */
import { existsSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'

import type { Place } from '../domains/symbolic/path.js'
import type { LoadedNf } from '../nf/index.js'
import { packageRoot } from '../package-root.js'
import type { SourcePlace } from '../result/index.js'
import { type Module, readLineTable, readSourceMap, type SourceMap } from '../wasm/index.js'

export class Places {
  readonly #binary: string
  readonly #module: Module
  readonly #map: SourceMap | undefined
  readonly #isDwarf: boolean
  /** What the names of sources in the map are relative to. */
  readonly #root: string
  readonly #lines = new Map<string, readonly string[] | undefined>()
  readonly #files = new Map<string, string>()

  /** `binary`: the file that was loaded, a module or its source. */
  constructor(nf: LoadedNf, module: Module, binary: string) {
    this.#binary = binary
    this.#module = module
    this.#map = nf.sourceMap === undefined ? readLineTable(module) : readSourceMap(nf.sourceMap, binary)
    this.#isDwarf = nf.sourceMap === undefined && this.#map !== undefined
    const isPackaged = !relative(packageRoot, binary).startsWith('..')
    this.#root = isPackaged ? packageRoot : resolve(binary, '../../..')
  }

  of(place: Place): SourcePlace {
    return place.kind === 'source' ? { file: place.file, line: place.line } : this.at(place.offset)
  }

  /** Of the instruction at a byte offset of the binary. */
  at(offset: number): SourcePlace {
    const code = this.#module.code.findLast(({ start }) => start <= offset)
    const position = this.#map?.near(offset, code?.start ?? offset)
    if (position === undefined) return { file: this.#binary, offset }
    return { file: this.#fileOf(position.file), line: position.line }
  }

  /** The function that an instruction is in, as the binary has it; undefined where the binary does not say its lines itself. */
  functionOf(place: Place): string | undefined {
    if (place.kind === 'source' || !this.#isDwarf) return undefined
    return this.#module.code.find(({ index }) => index === place.functionIndex)?.name
  }

  /** Whether lines of a source are known at all. */
  get hasLines(): boolean {
    return this.#map !== undefined
  }

  /** Whether a place is in what the compiler or libVig brings along. */
  isHelper({ file }: SourcePlace): boolean {
    return [file, relative(this.#root, file)].some((name) => name.startsWith('~lib/') || name.startsWith('libvig/'))
  }

  /** The line's text, without what surrounds it. */
  text({ file, line }: SourcePlace): string | undefined {
    if (line === undefined) return undefined
    let lines = this.#lines.get(file)
    if (lines === undefined && !this.#lines.has(file)) {
      lines = this.#sourceOf(file)?.split('\n')
      this.#lines.set(file, lines)
    }
    return lines?.[line - 1]?.trim()
  }

  /** A path that can be opened, where there is one. */
  #fileOf(name: string): string {
    let file = this.#files.get(name)
    if (file === undefined) {
      const inRoot = join(this.#root, name)
      file = existsSync(inRoot) ? inRoot : name
      this.#files.set(name, file)
    }
    return file
  }

  #sourceOf(file: string): string | undefined {
    for (const [name, text] of this.#map?.sources ?? []) if (this.#fileOf(name) === file) return text
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined
  }
}
