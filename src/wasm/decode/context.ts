/** What is known of a module while its sections are read: the context of validation (core 2.0, section 3.1.1). */
import type { Constant, Import } from '../module.js'
import type { FunctionType, GlobalType, Limits, ReferenceType, TableType, ValueType } from '../types.js'
import { invalid } from './module-error.js'

export class Context {
  readonly types: FunctionType[] = []
  readonly imports: Import[] = []
  readonly functionTypes: FunctionType[] = []
  readonly tables: TableType[] = []
  readonly memories: Limits[] = []
  readonly globalTypes: GlobalType[] = []
  readonly elementTypes: ReferenceType[] = []
  /** From the data count section; undefined without one. */
  dataCount: number | undefined
  importedFunctions = 0
  importedGlobals = 0
  /** Functions that occur outside of bodies: only these may be referred to by ref.func. */
  readonly declared = new Set<number>()

  type(index: number, at: number): FunctionType {
    return found(this.types[index], at, `unknown type ${index}`)
  }

  function(index: number, at: number): FunctionType {
    return found(this.functionTypes[index], at, `unknown function ${index}`)
  }

  table(index: number, at: number): TableType {
    return found(this.tables[index], at, `unknown table ${index}`)
  }

  memory(at: number): Limits {
    return found(this.memories[0], at, 'unknown memory 0')
  }

  global(index: number, at: number): GlobalType {
    return found(this.globalTypes[index], at, `unknown global ${index}`)
  }

  elementType(index: number, at: number): ReferenceType {
    return found(this.elementTypes[index], at, `unknown elem segment ${index}`)
  }

  /** The type that a constant has. */
  constantType(constant: Constant, at: number): ValueType {
    if (constant.kind === 'null') return constant.type
    if (constant.kind === 'function') return 'funcref'
    return constant.kind === 'global' ? this.global(constant.index, at).type : constant.kind
  }
}

function found<T>(item: T | undefined, at: number, otherwise: string): T {
  if (item === undefined) throw invalid(at, otherwise)
  return item
}
