/** The way of a run through the network function's source: its lines in the order in which they ran. */
import { relative } from 'node:path'

import type { LoadedNf } from '../../nf/index.js'
import type { SourcePlace } from '../../result/verified.js'
import { decodeModule, readSourceMap, type SourceMap } from '../../wasm/index.js'

export class SourcePath {
  readonly #map: SourceMap | undefined
  readonly #starts: readonly number[]
  readonly #file: string

  constructor({ wasm, sourceMap, manifest }: LoadedNf) {
    this.#file = relative('.', manifest.code.file)
    this.#map = sourceMap === undefined ? undefined : readSourceMap(sourceMap, this.#file)
    this.#starts = decodeModule(wasm)
      .code.map(({ start }) => start)
      .sort((a, b) => a - b)
  }

  /** Where a byte offset of the binary comes from. */
  place(offset: number): SourcePlace {
    const start = this.#starts.findLast((each) => each <= offset) ?? 0
    const position = this.#map?.near(offset, start)
    return position === undefined ? { file: this.#file, offset } : { file: position.file, line: position.line, offset }
  }

  /** Lines that follow each other, each told once where it runs on; offsets of calls where lines are not known. */
  lines(trace: readonly number[], calls: readonly number[]): SourcePlace[] {
    if (this.#map === undefined) return calls.map((offset) => this.place(offset))
    const lines: SourcePlace[] = []
    for (const offset of trace) {
      const { file, line } = this.place(offset)
      const last = lines.at(-1)
      if (line === undefined || !isOwn(file) || (last?.file === file && last.line === line)) continue
      lines.push({ file, line })
    }
    return lines
  }
}

/** Helpers that were compiled into it are left out. */
function isOwn(file: string): boolean {
  return !file.startsWith('~lib/') && !file.startsWith('libvig/')
}
