/** The part of the WebAssembly JavaScript interface that is used here: Node's own types leave it to the DOM's. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array<ArrayBuffer>)
    static imports(module: Module): readonly { readonly module: string; readonly name: string; readonly kind: string }[]
  }
  class Instance {
    readonly exports: Readonly<Record<string, unknown>>
    constructor(module: Module, imports?: Readonly<Record<string, object>>)
  }
  class Memory {
    readonly buffer: ArrayBuffer
    constructor(descriptor: { initial: number; maximum: number })
  }
  class Table {
    readonly length: number
    private constructor()
    get(index: number): unknown
    set(index: number, value: unknown): void
    grow(entries: number): number
  }
  class Global {
    value: unknown
    private constructor()
  }
  class RuntimeError extends Error {}
}
