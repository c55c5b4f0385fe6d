/** The memory of a real run, which knows where it was written, can be brought back, and tells of accesses. */
import { NF_DATA_START, NF_STACK_START, PAGE } from '../nf/memory-map.js'
import { ConcreteMemory, type ConcreteValue } from '../wasm/index.js'

type Load = Parameters<ConcreteMemory['load']>
type Store = Parameters<ConcreteMemory['store']>
type Copy = Parameters<ConcreteMemory['copy']>
type Fill = Parameters<ConcreteMemory['fill']>
type Init = Parameters<ConcreteMemory['init']>

export interface MemoryAccess {
  readonly address: number
  readonly size: number
  readonly isWrite: boolean
}

export class RealMemory extends ConcreteMemory {
  /** First byte after all that code has written. */
  top = 0
  /** For each page whether anything was written to it since it was last as it is kept. */
  readonly #touched = new Uint8Array(this.bytes.length / PAGE)
  /** Told of every access before it happens; none where undefined. */
  onAccess: ((access: MemoryAccess) => void) | undefined

  override load(...args: Load): ConcreteValue {
    const [{ bytes }, address, offset] = args
    this.onAccess?.({ address: unsigned(address) + offset, size: bytes, isWrite: false })
    return super.load(...args)
  }

  override store(...args: Store): void {
    const [{ bytes }, address, offset] = args
    this.#writes(unsigned(address) + offset, bytes)
    super.store(...args)
  }

  override copy(...args: Copy): void {
    const [to, from, length] = args
    this.onAccess?.({ address: unsigned(from), size: unsigned(length), isWrite: false })
    this.#writes(unsigned(to), unsigned(length))
    super.copy(...args)
  }

  override fill(...args: Fill): void {
    const [to, , length] = args
    this.#writes(unsigned(to), unsigned(length))
    super.fill(...args)
  }

  override init(...args: Init): void {
    const [to, , , length] = args
    this.#writes(unsigned(to), unsigned(length))
    super.init(...args)
  }

  /** All up to `top` as it is now, which it can be brought back to. */
  keep(top: number): Uint8Array {
    this.#touched.fill(0)
    return this.bytes.slice(0, top)
  }

  /** Back to what was kept, and zeros after it. */
  restore(kept: Uint8Array): void {
    for (let page = this.#touched.indexOf(1); page >= 0; page = this.#touched.indexOf(1, page)) {
      const [start, end] = [page * PAGE, (page + 1) * PAGE]
      this.bytes.set(kept.subarray(start, end), start)
      if (end > kept.length) this.bytes.fill(0, Math.max(start, kept.length), end)
      this.#touched[page] = 0
    }
    this.top = kept.length
  }

  /** Tells of what is written other than by code that runs here. */
  touch(address: number, size: number): void {
    if (size <= 0) return
    const first = Math.floor(address / PAGE)
    const last = Math.floor((address + size - 1) / PAGE)
    this.#touched[first] = 1
    if (last > first) this.#touched.fill(1, first, last + 1)
  }

  #writes(address: number, size: number): void {
    this.onAccess?.({ address, size, isWrite: true })
    this.top = Math.max(this.top, address + size)
    this.touch(address, size)
  }
}

function unsigned(value: ConcreteValue): number {
  return Number(value) >>> 0
}

/** The packet, and the network function's data and stack. */
export function isOwn({ address, size }: MemoryAccess, packet: number, length: number): boolean {
  const end = address + size
  return (
    size === 0 || (address >= packet && end <= packet + length) || (address >= NF_DATA_START && end <= NF_STACK_START)
  )
}
