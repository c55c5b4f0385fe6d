/** A network function with libVig, its configuration and the burst driver, linked as src/nf links them, in the stepper. */
import { encodeConfigModule } from '../../../src/nf/config-module.js'
import { fillTables } from '../../../src/nf/fill-tables.js'
import { compileBurst, compileLibvig, type loadNf, PAGE } from '../../../src/nf/index.js'
import {
  ConcreteMemory,
  type ConcreteValue,
  concreteDomain,
  decodeModule,
  type External,
  type Imports,
  type Instance,
  instantiate,
  type Outcome,
  Stepper,
  Store,
} from '../../../src/wasm/index.js'

type LoadedNf = Awaited<ReturnType<typeof loadNf>>

export class SteppedNf {
  readonly memory: ConcreteMemory
  readonly stepper: Stepper<ConcreteValue>
  readonly #store = new Store(concreteDomain)
  readonly #libvig: Instance<ConcreteValue>
  readonly #burst: Instance<ConcreteValue>

  constructor(nf: LoadedNf, libvig: Uint8Array, burst: Uint8Array) {
    const pages = nf.manifest.memory / PAGE
    this.memory = new ConcreteMemory({ least: pages, most: pages })
    this.stepper = new Stepper(this.#store)
    const env = new Map<string, External<ConcreteValue>>([['memory', { kind: 'memory', memory: this.memory }]])
    this.#libvig = this.#instantiate(libvig, new Map([['env', env]]))
    const heap = this.#call(this.#libvig, 'libvig_heap_base')
    this.#call(this.#libvig, 'libvig_reset', heap, nf.manifest.memory | 0)
    this.#call(this.#libvig, 'libvig_seed', 0n)
    const config = this.#instantiate(encodeConfigModule(nf.config, this.#fillTables(nf)), new Map())
    const libvigExports = this.#libvig.exports
    const imports = new Map([
      ['env', env],
      ['libvig', libvigExports],
      ['config', config.exports],
    ])
    const instance = this.#instantiate(nf.wasm, imports)
    if (this.#call(instance, 'nf_init') !== 1) throw new Error('nf_init did not answer 1')
    const forBurst = new Map([
      ['env', env],
      ['libvig', libvigExports],
      ['nf', instance.exports],
    ])
    this.#burst = this.#instantiate(burst, forBurst)
  }

  /** Processes the first packets of the burst that lies in the memory. */
  run(count: number): Outcome<ConcreteValue> {
    return this.#outcome(this.#burst, 'run', count)
  }

  get heapUsed(): number {
    return Number(this.#call(this.#libvig, 'libvig_heap_used'))
  }

  #instantiate(bytes: Uint8Array, imports: Imports<ConcreteValue>): Instance<ConcreteValue> {
    const { instance, outcome } = instantiate(this.#store, decodeModule(bytes), imports)
    if (outcome.kind !== 'returned') throw new Error(`instantiation ${outcome.kind}`)
    return instance
  }

  /** `fillTables` takes an instance of the engine; here its functions run in the stepper. */
  #fillTables(nf: LoadedNf): ReadonlyMap<string, number> {
    const names = ['map_allocate', 'map_put', 'lpm_allocate', 'lpm_update_elem']
    const calls = names.map((name) => [name, (...args: ConcreteValue[]) => this.#call(this.#libvig, name, ...args)])
    const { buffer } = this.memory.bytes
    return fillTables(nf.manifest.name, nf.config, { exports: Object.fromEntries(calls) }, { buffer })
  }

  #call(instance: Instance<ConcreteValue>, name: string, ...args: ConcreteValue[]): ConcreteValue {
    const outcome = this.#outcome(instance, name, ...args)
    if (outcome.kind !== 'returned') throw new Error(`${name} ${outcome.kind}`)
    return outcome.values[0] ?? 0
  }

  #outcome(instance: Instance<ConcreteValue>, name: string, ...args: ConcreteValue[]): Outcome<ConcreteValue> {
    const callee = instance.exports.get(name)
    if (callee?.kind !== 'wasm') throw new Error(`no function ${name}`)
    return this.stepper.call(callee, args)
  }
}

export async function stepped(nf: LoadedNf): Promise<SteppedNf> {
  const [libvig, burst] = await Promise.all([compileLibvig(), compileBurst()])
  return new SteppedNf(nf, libvig.wasm, burst.wasm)
}
