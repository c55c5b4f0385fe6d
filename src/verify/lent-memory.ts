/** Which bytes of its own memory libVig lends while a packet is processed: cells, and keys and values of entries in use. */
import type { ConcreteValue } from '../wasm/index.js'
import type { MemoryAccess } from './real-memory.js'

interface Call {
  readonly name: string
  readonly args: readonly ConcreteValue[]
  readonly result: ConcreteValue | undefined
  /** The word that the out of the call holds afterwards. */
  readonly out: number
}

interface Area {
  readonly handle: number
  readonly index: number
  readonly part: 'cell' | 'key' | 'value'
  readonly start: number
  readonly size: number
}

export class LentMemory {
  /** Bytes of a key, a value or a cell, by the handle of what holds them. */
  readonly #sizes = new Map<string, number>()
  readonly #isUsed: (map: number, slot: number) => boolean
  #areas: Area[] = []

  constructor(isUsed: (map: number, slot: number) => boolean) {
    this.#isUsed = isUsed
  }

  /** Nothing is lent from one packet to the next. */
  restart(): void {
    this.#areas = []
  }

  /** A call that the network function made, successfully. */
  note({ name, args, result, out }: Call): void {
    const [first = 0, second = 0] = args.map(Number)
    const lend = (part: Area['part'], start: number): void => {
      this.#areas.push({ handle: first, index: second, part, start, size: this.#sizes.get(`${part} of ${first}`) ?? 0 })
    }
    switch (name) {
      case 'expiring_map_allocate':
        this.#sizes.set(`key of ${out}`, first)
        this.#sizes.set(`value of ${out}`, second)
        return
      case 'vector_allocate':
        this.#sizes.set(`cell of ${out}`, first)
        return
      case 'expiring_map_key':
        lend('key', Number(result) >>> 0)
        return
      case 'expiring_map_value':
        lend('value', Number(result) >>> 0)
        return
      case 'vector_borrow':
        lend('cell', out)
        return
      case 'vector_return': {
        const isGivenBack = ({ part, handle, index }: Area) => part === 'cell' && handle === first && index === second
        this.#areas = this.#areas.filter((area) => !isGivenBack(area))
      }
    }
  }

  allows({ address, size, isWrite }: MemoryAccess): boolean {
    return this.#areas.some(
      ({ handle, index, part, start, size: lent }) =>
        address >= start &&
        address + size <= start + lent &&
        !(part === 'key' && isWrite) &&
        (part === 'cell' || this.#isUsed(handle, index)),
    )
  }
}
