import type { Value } from './domain.js'

/**
 * The operand stack. Locals lie in it too, below the operands of their frame, so that arguments are passed where they
 * are. Only `values` below `top` mean anything.
 */
export class Operands<V extends Value> {
  readonly values: V[] = []
  top = 0

  push(value: V): void {
    this.values[this.top++] = value
  }

  pop(): V {
    return this.at(--this.top)
  }

  at(index: number): V {
    const value = this.values[index]
    if (value === undefined) throw new Error('the operand stack is empty in a validated module')
    return value
  }

  /** Moves the `count` topmost values down to `to`, where the stack then ends. */
  dropTo(to: number, count: number): void {
    const from = this.top - count
    if (from !== to) for (let index = 0; index < count; index++) this.values[to + index] = this.at(from + index)
    this.top = to + count
  }

  /** Takes the `count` topmost values, the last on top. */
  take(count: number): V[] {
    this.top -= count
    return this.values.slice(this.top, this.top + count)
  }
}
