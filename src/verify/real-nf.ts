/**
 * The NF's real binary with the real libVig, in the concrete stepper: what a path that was found symbolically is run on.
 * It starts after nf_init, and can be brought back there.
 */
import { contracts } from '../contracts/index.js'
import { type RealLibvig, SCRATCH_SIZE } from '../contracts/realise/index.js'
import type { ResolvedConfig } from '../nf/config.js'
import { encodeConfigModule } from '../nf/config-module.js'
import { exportedFunction } from '../nf/exports.js'
import { fillTables } from '../nf/fill-tables.js'
import { HEADROOM, HOST_SCRATCH, LIBVIG_DATA_START, PACKET_AREA, PAGE } from '../nf/memory-map.js'
import {
  type ConcreteValue,
  concreteDomain,
  decodeModule,
  type External,
  type FunctionInstance,
  type Imports,
  type Instance,
  instantiate,
  type Outcome,
  OutOfFuel,
  Stepper,
  Store,
  Trap,
  Unsupported,
} from '../wasm/index.js'
import { LentMemory } from './lent-memory.js'
import { OUT_SIZE } from './machine/libvig-arguments.js'
import { isOwn, type MemoryAccess, RealMemory } from './real-memory.js'
import type { Subject } from './subject.js'

export interface RealNfSource {
  readonly name: string
  readonly wasm: Uint8Array
  readonly libvig: Uint8Array
  readonly config: ResolvedConfig
  /** Bytes of the whole memory. */
  readonly memory: number
  /** Instructions for one packet, and as many of libVig for it. Default: 200 million. */
  readonly mostSteps?: number
  /** Instructions for nf_init. Default: the same 200 million. */
  readonly mostInitSteps?: number
}

export type RealNfOptions = Partial<Pick<RealNfSource, 'wasm' | 'mostSteps'>>

/** The real network function of a proof, or another binary in its place, in one configuration. */
export function realNf(
  { nf, libvig, mostSteps = MOST_STEPS }: Subject,
  config: ResolvedConfig,
  options: RealNfOptions = {},
): RealNf {
  const { name, memory } = nf.manifest
  return new RealNf({ name, wasm: nf.wasm, libvig, config, memory, mostSteps, mostInitSteps: mostSteps, ...options })
}

/** A call of libVig by the network function, as WebAssembly passed it. */
export interface RealCall {
  readonly name: string
  readonly args: readonly ConcreteValue[]
  /** For each argument the bytes that are there before the call, should it be an address: at most 64. */
  readonly bytes: readonly Uint8Array[]
  readonly results: readonly ConcreteValue[]
  /** The four bytes that its out, the last argument, holds afterwards. */
  readonly out: number
  /** Byte offset of the call. */
  readonly offset: number
}

export interface BadAccess extends MemoryAccess {
  /** Bytes from the start of the packet. */
  readonly inPacket: number
  /** Byte offset of the instruction. */
  readonly offset: number
}

export interface RealRun {
  readonly outcome: Outcome<ConcreteValue>
  readonly calls: readonly RealCall[]
  /** The first access to what is neither the packet, nor the function's own memory, nor lent by libVig. */
  readonly badAccess?: BadAccess
  /** The packet afterwards. */
  readonly bytes: Uint8Array
  /** Byte offsets of the NF's instructions that ran, in order. */
  readonly trace: readonly number[]
  /** What it wrote into the packet, in order. */
  readonly written: readonly PacketWrite[]
}

export interface PacketWrite {
  /** Bytes from the start of the packet. */
  readonly inPacket: number
  readonly size: number
  /** In the trace: the instruction that wrote it. */
  readonly step: number
}

/** Where tables of 65,536 entries expire at once it takes a tenth. */
const MOST_STEPS = 200_000_000
/** Instructions, and calls, that are kept of a run. */
const MOST_TRACED = 1_000_000
/** Bytes of a key, and more. */
const LOOKED_AT = 64

export class RealNf {
  readonly #memory: RealMemory
  readonly #store = new Store<ConcreteValue>(concreteDomain)
  readonly #libvig: Instance<ConcreteValue>
  /** libVig in Node's own engine, on the same memory: fills large tables in no time. It has no random numbers and no heap. */
  readonly #filling: WebAssembly.Instance
  readonly #nf: Instance<ConcreteValue>
  /** Runs libVig for the host. */
  readonly #host = new Stepper(this.#store)
  readonly #handles = new Map<string, number>()
  /** Asked of libVig at each access, which changes nothing of it. */
  readonly #lent = new LentMemory((map, slot) => exportedFunction(this.#filling, 'expiring_map_used')(map, slot) === 1)
  readonly #afterInit: Uint8Array
  readonly #globals: readonly ConcreteValue[]
  /** Of the packet that is processed. */
  #trace: number[] = []
  #calls: RealCall[] = []
  /** Of one packet; of nf_init until it has run. */
  readonly mostSteps: number = MOST_STEPS
  /** Instructions of libVig for the present packet. */
  #libvigSteps = 0
  /** What nf_init answered. */
  readonly initialised: Outcome<ConcreteValue>
  /** Its first access to what is neither the function's own memory nor lent by libVig. */
  readonly badAccessOfInit: MemoryAccess | undefined

  constructor({ name, wasm, libvig, config, memory, ...limits }: RealNfSource) {
    const { mostSteps = MOST_STEPS, mostInitSteps = MOST_STEPS } = limits
    const pages = memory / PAGE
    const shared = new WebAssembly.Memory({ initial: pages, maximum: pages })
    this.#filling = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(libvig)), {
      env: { memory: shared },
    })
    this.#memory = new RealMemory({ least: pages, most: pages }, new Uint8Array(shared.buffer))
    const env = new Map<string, External<ConcreteValue>>([['memory', { kind: 'memory', memory: this.#memory }]])
    this.#libvig = this.#instantiate(libvig, new Map([['env', env]]))
    this.#libvigCall('libvig_reset', Number(this.#libvigCall('libvig_heap_base')), memory | 0)
    this.#libvigCall('libvig_seed', 0n)
    for (const [table, handle] of this.#fillTables(name, config)) this.#handles.set(table, handle)
    const settings = this.#instantiate(encodeConfigModule(config, this.#handles), new Map())
    const imports = new Map([
      ['env', env],
      ['libvig', this.#noting()],
      ['config', settings.exports],
    ])
    this.#nf = this.#instantiate(wasm, imports)
    let bad: MemoryAccess | undefined
    this.#memory.onAccess = (access) => {
      if (bad === undefined && !isOwn(access, 0, 0) && !this.#lent.allows(access)) bad = access
    }
    this.initialised = new Stepper(this.#store, { steps: mostInitSteps }).call(functionOf(this.#nf, 'nf_init'), [])
    this.#memory.onAccess = undefined
    this.badAccessOfInit = bad
    const heap = Number(this.#libvigCall('libvig_heap_base')) + Number(this.#libvigCall('libvig_heap_used'))
    this.#afterInit = this.#memory.keep(Math.max(heap, this.#memory.top))
    this.#globals = this.#nf.globals.map(({ value }) => value)
    this.mostSteps = mostSteps
  }

  /** Handles by the names that the symbolic machine gives. */
  get handles(): ReadonlyMap<string, number> {
    return this.#handles
  }

  /** For operations on structures that are there; what depends on time, random numbers or the heap is not for it. */
  get libvig(): RealLibvig {
    const call: RealLibvig['call'] = (name, ...args) => {
      this.#memory.touch(HOST_SCRATCH, SCRATCH_SIZE)
      this.#memory.touch(LIBVIG_DATA_START, this.#afterInit.length - LIBVIG_DATA_START)
      const result = exportedFunction(this.#filling, name)(...args)
      return typeof result === 'number' || typeof result === 'bigint' ? result : undefined
    }
    return { call, bytes: this.#memory.bytes, scratch: HOST_SCRATCH }
  }

  /** Back to how nf_init left everything. */
  restart(): void {
    this.#memory.restore(this.#afterInit)
    for (const [index, value] of this.#globals.entries()) {
      const global = this.#nf.globals[index]
      if (global !== undefined) global.value = value
    }
  }

  /** `mostSteps`: where fewer are allowed than otherwise. */
  process(packet: Uint8Array, port: number, now: bigint, mostSteps = this.mostSteps): RealRun {
    const at = PACKET_AREA + HEADROOM
    this.#memory.bytes.set(packet, at)
    this.#memory.touch(at, packet.length)
    this.#libvigCall('libvig_set_time', now)
    this.#lent.restart()
    this.#libvigSteps = this.mostSteps - mostSteps
    const trace: number[] = []
    const calls: RealCall[] = []
    this.#trace = trace
    this.#calls = calls
    const stepper = new Stepper(this.#store, {
      steps: mostSteps,
      trace: (code, { offset }) => {
        if (code.module === this.#nf.module && trace.length < MOST_TRACED) trace.push(offset)
      },
    })
    let badAccess: BadAccess | undefined
    const written: PacketWrite[] = []
    this.#memory.onAccess = (access) => {
      const { address, size, isWrite } = access
      if (isWrite && address >= at && address < at + packet.length && written.length < MOST_TRACED) {
        written.push({ inPacket: address - at, size, step: trace.length - 1 })
      }
      if (badAccess !== undefined || isOwn(access, at, packet.length) || this.#lent.allows(access)) return
      badAccess = { ...access, inPacket: access.address - at, offset: trace.at(-1) ?? 0 }
    }
    const outcome = stepper.call(functionOf(this.#nf, 'nf_process'), [port | 0, at, packet.length, now])
    this.#memory.onAccess = undefined
    return {
      ...(badAccess === undefined ? {} : { badAccess }),
      outcome,
      bytes: this.#memory.bytes.slice(at, at + packet.length),
      trace,
      calls,
      written,
    }
  }

  #instantiate(bytes: Uint8Array, imports: Imports<ConcreteValue>): Instance<ConcreteValue> {
    const { instance, outcome } = instantiate(this.#store, decodeModule(bytes), imports)
    if (outcome.kind !== 'returned') throw new Error(`instantiation ended with: ${outcome.kind}`)
    return instance
  }

  #libvigCall(name: string, ...args: readonly ConcreteValue[]): ConcreteValue | undefined {
    const outcome = this.#host.call(functionOf(this.#libvig, name), args)
    if (outcome.kind !== 'returned') throw new Error(`${name} of libVig ended with: ${outcome.kind}`)
    return outcome.values[0]
  }

  #fillTables(name: string, config: ResolvedConfig): ReadonlyMap<string, number> {
    const names = ['map_allocate', 'map_put', 'lpm_allocate', 'lpm_update_elem']
    const calls = names.map((each) => [each, (...args: ConcreteValue[]) => this.#libvigCall(each, ...args)])
    return fillTables(name, config, { exports: Object.fromEntries(calls) }, { buffer: this.#memory.bytes.buffer })
  }

  /** libVig's exports, with every call noted, and the handles that allocators give. */
  #noting(): ReadonlyMap<string, External<ConcreteValue>> {
    return new Map([...this.#libvig.exports].map(([name, external]) => [name, this.#noted(name, external)]))
  }

  #noted(name: string, external: External<ConcreteValue>): External<ConcreteValue> {
    if (external.kind !== 'wasm') return external
    const outAt = Object.values(contracts.get(name)?.parameters ?? {}).findIndex(({ kind }) => kind === 'out')
    const call = (args: readonly ConcreteValue[]): readonly ConcreteValue[] => {
      const bytes = args.map((arg) => this.#at(Number(arg)))
      const { onAccess } = this.#memory
      this.#memory.onAccess = undefined
      const stepper = new Stepper(this.#store, { steps: this.mostSteps - this.#libvigSteps })
      const outcome = stepper.call(external, args)
      this.#libvigSteps += stepper.steps
      this.#memory.onAccess = onAccess
      if (outcome.kind === 'trapped') throw new Trap(outcome.trap)
      if (outcome.kind === 'out of fuel') throw new OutOfFuel(outcome.limit)
      if (outcome.kind !== 'returned') throw new Unsupported(`${name} of libVig, which ended with: ${outcome.kind}`)
      // An out is written for the network function; one that answers no leaves it alone.
      if (outAt >= 0 && (outcome.values[0] ?? 1) === 1) {
        onAccess?.({ address: Number(args[outAt] ?? 0) >>> 0, size: OUT_SIZE, isWrite: true })
      }
      const out = this.#word(Number(args.at(-1) ?? 0) >>> 0)
      if (this.#calls.length < MOST_TRACED)
        this.#calls.push({ name, args, bytes, results: outcome.values, out, offset: this.#trace.at(-1) ?? 0 })
      this.#lent.note({ name, args, result: outcome.values[0], out })
      const suffix = '_allocate'
      if (name.endsWith(suffix) && outcome.values[0] === 1) {
        this.#handles.set(`${name.slice(0, -suffix.length)}${this.#handles.size + 1}`, out)
      }
      return outcome.values
    }
    return { kind: 'host', type: external.type, call }
  }

  #at(address: number): Uint8Array {
    return address < 0 ? new Uint8Array(0) : this.#memory.bytes.slice(address, address + LOOKED_AT)
  }

  /** 0 where there is no such address. */
  #word(address: number): number {
    const { bytes } = this.#memory
    return address + 4 > bytes.length ? 0 : new DataView(bytes.buffer).getUint32(address, true)
  }
}

function functionOf({ exports }: Instance<ConcreteValue>, name: string): FunctionInstance<ConcreteValue> {
  const found = exports.get(name)
  if (found?.kind !== 'wasm') throw new Error(`there is no function ${name}`)
  return found
}
