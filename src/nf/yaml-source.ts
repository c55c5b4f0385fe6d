/** A YAML file that still knows where each value stands, so that every complaint names file, line and column. */
import { readFileSync } from 'node:fs'

import { isNode, LineCounter, parseDocument } from 'yaml'

import { InputError, type Where } from '../errors.js'

/** Keys and indices from the top of the document. */
export type YamlPath = readonly (string | number)[]

export class YamlSource {
  readonly file: string
  /** The plain value of the document. */
  readonly value: unknown
  readonly #document
  readonly #lines = new LineCounter()

  constructor(file: string, text: string) {
    this.file = file
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false })
    const [error] = this.#document.errors
    if (error !== undefined) {
      const { line, col } = this.#lines.linePos(error.pos[0])
      throw new InputError(`is not YAML: ${error.message}`, { file, line, column: col })
    }
    this.value = this.#document.toJS()
  }

  static read(file: string): YamlSource {
    let text: string
    try {
      text = readFileSync(file, 'utf8')
    } catch (cause) {
      throw new InputError('cannot be read', { file, hint: 'is the path right?' }, { cause })
    }
    return new YamlSource(file, text)
  }

  /** Where the value at `path` stands, or the nearest thing above it that is there. */
  where(path: YamlPath): Where {
    for (let length = path.length; length > 0; length--) {
      const node: unknown = this.#document.getIn(path.slice(0, length), true)
      if (!isNode(node) || node.range === undefined || node.range === null) continue
      const { line, col } = this.#lines.linePos(node.range[0])
      return { file: this.file, line, column: col }
    }
    return { file: this.file }
  }

  fail(path: YamlPath, what: string, hint?: string): InputError {
    return new InputError(what, { ...this.where(path), ...(hint === undefined ? {} : { hint }) })
  }
}
