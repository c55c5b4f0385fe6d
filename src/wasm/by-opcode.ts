/** A table by opcode as an array, which is faster to look up than a map. */
export function byOpcode<T>(table: ReadonlyMap<number, T>): readonly (T | undefined)[] {
  return Array.from({ length: Math.max(...table.keys()) + 1 }, (_, opcode) => table.get(opcode))
}
