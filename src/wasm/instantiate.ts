/** Instantiation and linking (core 2.0, section 4.5.4), in any domain. */
import { copyElements } from './bulk.js'
import type { Domain, Floats, Memory, Value } from './domain.js'
import type {
  External,
  FunctionInstance,
  GlobalInstance,
  Imports,
  Instance,
  Reference,
  Store,
  TableInstance,
} from './instance.js'
import { LinkError, matches } from './link.js'
import type { Constant, ElementSegment, Module } from './module.js'
import { type Outcome, outcomeOf, Unsupported } from './outcome.js'
import type { StepperOptions } from './run.js'
import { Stepper } from './stepper.js'

/** `outcome`: how instantiation ended. Where a segment or the start function traps, what was written before stays. */
export interface Instantiated<V extends Value> {
  readonly instance: Instance<V>
  readonly outcome: Outcome<V>
}

class Building<V extends Value> implements Instance<V> {
  readonly functions: FunctionInstance<V>[] = []
  readonly tables: TableInstance<V>[] = []
  memory: Memory<V> | undefined
  readonly globals: GlobalInstance<V>[] = []
  readonly data: Uint8Array[]
  readonly elements: (readonly Reference<V>[])[] = []
  readonly exports = new Map<string, External<V>>()
  readonly store: Store<V>
  readonly module: Module

  constructor(store: Store<V>, module: Module) {
    this.store = store
    this.module = module
    this.data = module.data.map(({ bytes }) => bytes)
  }
}

/**
 * Makes an instance and runs its start function. A `LinkError` names an import that is missing or of the wrong type;
 * then nothing has been written anywhere.
 */
export function instantiate<V extends Value>(
  store: Store<V>,
  module: Module,
  imports: Imports<V>,
  options: StepperOptions = {},
): Instantiated<V> {
  const instance = new Building(store, module)
  link(instance, imports)
  const outcome = initialise(instance)
  if (outcome.kind !== 'returned' || module.start === undefined) return { instance, outcome }
  const start = instance.functions[module.start]
  if (start === undefined) throw new Error('the start function is missing in a validated module')
  return { instance, outcome: new Stepper(store, options).call(start, []) }
}

function link<V extends Value>(instance: Building<V>, imports: Imports<V>): void {
  for (const wanted of instance.module.imports) {
    const found = imports.get(wanted.module)?.get(wanted.name)
    if (found === undefined) throw new LinkError(wanted, 'unknown import')
    if (!matches(wanted.what, found)) throw new LinkError(wanted, 'incompatible import type')
    if (found.kind === 'table') instance.tables.push(found)
    else if (found.kind === 'global') instance.globals.push(found)
    else if (found.kind === 'memory') instance.memory = found.memory
    else instance.functions.push(found)
  }
}

function define<V extends Value>(instance: Building<V>): void {
  const { store, module } = instance
  for (const code of module.code) instance.functions.push({ kind: 'wasm', type: code.type, code, instance })
  for (const { element, limits } of module.tables.slice(instance.tables.length)) {
    const elements = new Array<Reference<V>>(limits.least).fill(null)
    instance.tables.push({ kind: 'table', element, most: limits.most, elements })
  }
  const [memory] = module.memories
  if (memory !== undefined && instance.memory === undefined) instance.memory = store.domain.memory(memory)
  for (const { type, initial } of module.globals) {
    instance.globals.push({ kind: 'global', type, value: evaluate(instance, initial) })
  }
  for (const { items, mode } of module.elements) {
    // Evaluated before anything is written; a declarative segment is as if dropped at once.
    instance.elements.push(mode === 'declarative' ? [] : items.map((item) => referenceOf(instance, item)))
  }
  for (const { name, kind, index } of module.exports) {
    const external = exported(instance, kind, index)
    if (external === undefined) throw new Error(`export ${name} in a validated module`)
    instance.exports.set(name, external)
  }
}

function exported<V extends Value>(
  instance: Instance<V>,
  kind: 'function' | 'table' | 'memory' | 'global',
  index: number,
): External<V> | undefined {
  if (kind === 'function') return instance.functions[index]
  if (kind === 'table') return instance.tables[index]
  if (kind === 'global') return instance.globals[index]
  return instance.memory === undefined ? undefined : { kind: 'memory', memory: instance.memory }
}

function initialise<V extends Value>(instance: Building<V>): Outcome<V> {
  try {
    define(instance)
    writeSegments(instance)
    return { kind: 'returned', values: [] }
  } catch (error) {
    const outcome = outcomeOf<V>(error, undefined)
    if (outcome === undefined) throw error
    return outcome
  }
}

/** Active segments, in order, elements first; each is dropped when it has been written. */
function writeSegments<V extends Value>(instance: Building<V>): void {
  const { domain } = instance.store
  for (const [index, segment] of instance.module.elements.entries()) writeElements(instance, domain, segment, index)
  for (const [index, { mode, bytes }] of instance.module.data.entries()) {
    if (mode === 'passive') continue
    if (instance.memory === undefined) throw new Error('a data segment without memory in a validated module')
    instance.memory.init(evaluate(instance, mode.offset), bytes, domain.i32(0), domain.i32(bytes.length))
    instance.data[index] = new Uint8Array()
  }
}

function writeElements<V extends Value>(
  instance: Building<V>,
  domain: Domain<V>,
  { mode, items }: ElementSegment,
  index: number,
): void {
  if (typeof mode === 'string') return
  const table = instance.tables[mode.table]
  if (table === undefined) throw new Error('an element segment without table in a validated module')
  const source = instance.elements[index] ?? []
  copyElements(domain, table, evaluate(instance, mode.offset), source, domain.i32(0), domain.i32(items.length))
  instance.elements[index] = []
}

function evaluate<V extends Value>({ store, functions, globals }: Building<V>, constant: Constant): V {
  const { domain } = store
  switch (constant.kind) {
    case 'i32':
      return domain.i32(constant.bits)
    case 'i64':
      return domain.i64(constant.bits)
    case 'f32':
      return floats(domain).f32(constant.bits)
    case 'f64':
      return floats(domain).f64(constant.bits)
    case 'null':
      return store.valueOf(null)
    case 'function':
      return store.valueOf(functions[constant.index] ?? null)
    case 'global': {
      const global = globals[constant.index]
      if (global === undefined) throw new Error(`global ${constant.index} in a validated module`)
      return global.value
    }
  }
}

function referenceOf<V extends Value>(instance: Building<V>, constant: Constant): Reference<V> {
  if (constant.kind === 'function') return instance.functions[constant.index] ?? null
  return constant.kind === 'null' ? null : instance.store.referenceOf(evaluate(instance, constant))
}

function floats<V extends Value>(domain: Domain<V>): Floats<V> {
  if (domain.floats === undefined) throw new Unsupported('a floating-point constant')
  return domain.floats
}
