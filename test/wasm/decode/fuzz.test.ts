import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import test from 'ava'
import fc from 'fast-check'

import { packageRoot } from '../../../src/package-root.js'
import { decodeModule, type Module, ModuleError } from '../../../src/wasm/index.js'
import { sampleModule } from './sample-module.js'

/** The module, or why it is refused; anything else that is thrown fails the test. */
function decode(bytes: Uint8Array): Module | ModuleError {
  try {
    return decodeModule(bytes)
  } catch (error) {
    if (error instanceof ModuleError) return error
    throw error
  }
}

const nat = new Uint8Array(readFileSync(join(packageRoot, 'build/nfs/nat/nf.wasm')))
const header = sampleModule.subarray(0, 8)

test('every module cut short is refused, at an offset within it', (t) => {
  for (const whole of [sampleModule, nat]) {
    const ends = new Set(sectionEnds(whole))
    for (let length = 0; length < whole.length; length++) {
      const found = decode(whole.slice(0, length))
      if (found instanceof ModuleError) t.true(found.offset <= length, `${length} bytes: ${found.message}`)
      // What is cut at the end of a section may still be a module.
      else t.true(ends.has(length), `${length} bytes`)
    }
  }
})

function sectionEnds(bytes: Uint8Array): number[] {
  const ends = [8]
  for (let at = 8; at < bytes.length; ends.push(at)) {
    let size = 0
    let byte = 0x80
    at++
    for (let shift = 0; byte >= 0x80; shift += 7, at++) {
      byte = bytes[at] ?? 0
      size |= (byte & 0x7f) << shift
    }
    at += size
  }
  return ends
}

test('random bytes are refused, never worse', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, hasHeader) => {
      const found = decode(hasHeader ? Uint8Array.from([...header, ...bytes]) : bytes)
      t.true(found instanceof ModuleError ? found.offset <= bytes.length + 8 : hasHeader)
    }),
    { numRuns: 1500 },
  )
})

/** Valid for the engine by proposals that came after core 2.0. */
const later =
  /constant expression required|only imported ones are constant|multiple memories|memop flags|zero byte expected/

test('a module with bytes changed is accepted where the engine accepts it, and refused where it does not', (t) => {
  const tally = { accepted: 0, refused: 0 }
  const change = fc.tuple(
    fc.nat(),
    fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 0x0b, 0x40, 0x41, 0x7e, 0x7f, 0x80, 0xff)),
  )
  fc.assert(
    fc.property(
      fc.constantFrom(sampleModule, nat),
      fc.array(change, { minLength: 1, maxLength: 3 }),
      (base, changes) => {
        const bytes = base.slice()
        for (const [at, byte] of changes) bytes[8 + (at % (bytes.length - 8))] = byte
        const found = decode(bytes)
        if (found instanceof ModuleError && (found.refusal === 'unsupported' || later.test(found.reason))) return
        const isRefused = found instanceof ModuleError
        if (isRefused) tally.refused++
        else tally.accepted++
        const message = `${isRefused ? found.message : 'accepted'}: ${Buffer.from(bytes).toString('hex')}`
        t.is(WebAssembly.validate(bytes), !isRefused, message)
      },
    ),
    { numRuns: 4000 },
  )
  t.true(tally.accepted > 200 && tally.refused > 200, JSON.stringify(tally))
})

test('counts that promise more than there is cost no memory', (t) => {
  const huge = [0xff, 0xff, 0xff, 0xff, 0x0f]
  for (const id of [1, 2, 3, 4, 5, 6, 7, 9, 10, 11]) {
    t.true(decode(Uint8Array.from([...header, id, huge.length, ...huge])) instanceof ModuleError, `section ${id}`)
  }
  const locals = [1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10, 10, 1, 8, 1, ...huge, 0x7f, 0x0b]
  t.like(decode(Uint8Array.from([...header, ...locals])), { refusal: 'unsupported' })
})
