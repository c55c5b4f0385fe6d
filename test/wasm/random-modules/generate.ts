/** Valid modules from random bytes, by binaryen's `wasm-opt --translate-to-fuzz`. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import type { Random } from '../../../src/generate/random.js'

const binaryen = dirname(createRequire(import.meta.url).resolve('binaryen/package.json'))

/**
 * What the decoder supports. `denan` replaces every NaN by 0, since an engine may give any of several NaNs, and what
 * comes after depends on which.
 */
const flags = [
  ...['sign-ext', 'mutable-globals', 'nontrapping-float-to-int', 'bulk-memory', 'multivalue'].map(
    (on) => `--enable-${on}`,
  ),
  ...['simd', 'threads', 'exception-handling', 'tail-call', 'gc', 'memory64', 'extended-const', 'multimemory'].map(
    (off) => `--disable-${off}`,
  ),
  ...['strings', 'custom-page-sizes'].map((off) => `--disable-${off}`),
  '--denan',
]

/** A module of a few to about a hundred functions, every other with references. */
export function generateModule(random: Random): Uint8Array<ArrayBuffer> {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-random-module-'))
  try {
    const bytes = new Uint8Array(random.between(500, 20_000))
    random.fill(bytes, 0, bytes.length)
    const references = `--${random.chance(0.5) ? 'enable' : 'disable'}-reference-types`
    const input = join(folder, 'bytes')
    const output = join(folder, 'module.wasm')
    writeFileSync(input, bytes)
    execFileSync(
      process.execPath,
      // Of a process this short, most would be the compiler that makes wasm-opt itself fast.
      [
        '--liftoff-only',
        join(binaryen, 'bin/wasm-opt'),
        input,
        '--translate-to-fuzz',
        ...flags,
        references,
        '-o',
        output,
      ],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    )
    return new Uint8Array(readFileSync(output))
  } finally {
    rmSync(folder, { recursive: true })
  }
}
