/** The module `spectest` that scripts of the core test suite import from. */
import type {
  ConcreteValue,
  External,
  GlobalInstance,
  HostFunction,
  NumberType,
  Store,
} from '../../../src/wasm/index.js'

function ignoring(...params: NumberType[]): HostFunction<ConcreteValue> {
  return { kind: 'host', type: { params, results: [] }, call: () => [] }
}

function constant(type: NumberType, value: ConcreteValue): GlobalInstance<ConcreteValue> {
  return { kind: 'global', type: { type, isMutable: false }, value }
}

/** The bits of 666.6. */
const F32_666_6 = 0x4426_a666
const F64_666_6 = 0x4084_d4cc_cccc_cccdn

export function spectest({ domain }: Store<ConcreteValue>): ReadonlyMap<string, External<ConcreteValue>> {
  return new Map<string, External<ConcreteValue>>([
    ['print', ignoring()],
    ['print_i32', ignoring('i32')],
    ['print_i64', ignoring('i64')],
    ['print_f32', ignoring('f32')],
    ['print_f64', ignoring('f64')],
    ['print_i32_f32', ignoring('i32', 'f32')],
    ['print_f64_f64', ignoring('f64', 'f64')],
    ['global_i32', constant('i32', 666)],
    ['global_i64', constant('i64', 666n)],
    ['global_f32', constant('f32', F32_666_6)],
    ['global_f64', constant('f64', F64_666_6)],
    ['table', { kind: 'table', element: 'funcref', most: 20, elements: new Array(10).fill(null) }],
    ['memory', { kind: 'memory', memory: domain.memory({ least: 1, most: 2 }) }],
  ])
}
