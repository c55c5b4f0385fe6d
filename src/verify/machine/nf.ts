/** A network function as the verifier takes it: the decoded binary, and what is told from it once. */

import type { Integers } from '../../domains/symbolic/integer.js'
import { InputError } from '../../errors.js'
import type { ResolvedConfig } from '../../nf/config.js'
import { DEBUG_MODULE } from '../../nf/debug.js'
import { decodeModule, type Module } from '../../wasm/index.js'
import type { OpenConfig } from '../configuration/open-config.js'
import { type LibvigCosts, libvigCosts } from './libvig-costs.js'
import { type ConfigTable, configTables } from './tables.js'

export interface SymbolicNf {
  readonly name: string
  readonly module: Module
  readonly costs: LibvigCosts
  readonly config: ResolvedConfig
  /** The values of `config` that stand for every one; undefined where it is one configuration. */
  readonly open: OpenConfig | undefined
  readonly tables: (integers: Integers) => readonly ConfigTable[]
  /** Bytes of the whole memory. */
  readonly memory: number
}

export interface NfSource {
  readonly name: string
  readonly wasm: Uint8Array
  readonly libvig: Uint8Array
  readonly config: ResolvedConfig
  readonly open?: OpenConfig | undefined
  readonly memory: number
}

/** table.set, table.init, elem.drop, table.copy, table.grow, table.fill */
const CHANGES_TABLES = new Set([0x26, 0xfc0c, 0xfc0d, 0xfc0e, 0xfc0f, 0xfc11])
/** memory.init, data.drop */
const USES_SEGMENTS = new Set([0xfc08, 0xfc09])

/** Throws an InputError where the binary does what is not followed from packet to packet. */
export function symbolicNf({ name, wasm, libvig, config, open, memory }: NfSource): SymbolicNf {
  const module = decodeModule(wasm)
  const said = module.imports.find((each) => each.module === DEBUG_MODULE)
  if (said !== undefined) {
    const hint = 'prove the one without VIGIL_DEBUG_BUILD, which is what runs without --debug-build'
    throw new InputError(`${name}: is a debug build, which is not proved: it imports debug.${said.name}`, { hint })
  }
  for (const { instructions } of module.code) {
    for (const { opcode, offset } of instructions) {
      const where = `at byte 0x${offset.toString(16)}`
      if (CHANGES_TABLES.has(opcode))
        throw new InputError(`${name}: a table is changed ${where}, which is not verified`)
      if (USES_SEGMENTS.has(opcode))
        throw new InputError(`${name}: a data segment is used ${where}, which is not verified`)
    }
  }
  const costs = libvigCosts(libvig)
  const tables = (integers: Integers) => configTables(integers, config, open)
  return { name, module, costs, config, open, memory, tables }
}
