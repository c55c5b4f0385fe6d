/** More of the WebAssembly JavaScript interface, for tests that compare with the engine. */
declare namespace WebAssembly {
  class LinkError extends Error {}
  function validate(bytes: Uint8Array<ArrayBuffer>): boolean
}
