/** The memory of a real run, which knows how far it was written and tells of accesses. */
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

  #writes(address: number, size: number): void {
    this.onAccess?.({ address, size, isWrite: true })
    this.top = Math.max(this.top, address + size)
  }
}

function unsigned(value: ConcreteValue): number {
  return Number(value) >>> 0
}
