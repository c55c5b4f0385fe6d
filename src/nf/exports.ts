/** Calls into WebAssembly whose shape TypeScript cannot see. */

export type WasmCall = (...args: (number | bigint)[]) => unknown

/** An exported function; its absence is Vigil's own fault, since modules are checked before. */
export function exportedFunction(instance: WebAssembly.Instance, name: string): WasmCall {
  const found = instance.exports[name]
  if (typeof found !== 'function') throw new Error(`module has no function ${name}`)
  return (...args) => found(...args)
}
