/** Tests that build C: left out, visibly, where there is no clang; never where it is decided what lands. */
import type { ExecutionContext } from 'ava'

import { absent, register } from '../../packetio/rooted.js'

export function withClang(title: string, run: (t: ExecutionContext) => Promise<void> | void): void {
  register(title, async (t) => await run(t), absent(['clang', 'wasm-ld']))
}

/** A network function in C: the kit, nf_init where the body has none, and the body. */
export function inC(body: string): string {
  const init = body.includes('nf_init') ? '' : 'int32_t nf_init(void) { return 1; }\n'
  return `#include <vigil.h>\n${init}${body}\n`
}

export const NF_PROCESS = 'int32_t nf_process(int32_t port, void *packet, int32_t length, int64_t now)'
