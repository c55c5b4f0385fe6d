/** Random frames sent to network functions: the right ones must never differ from their specification, wrong ones must. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

import type { ExecutionContext } from 'ava'
import fc from 'fast-check'

import { nfUnderTest, type UnderTest } from './under-test.js'

/** A configuration, and the traffic that makes the most of it. */
export interface World {
  readonly what: string
  readonly nf: string
  readonly config: Readonly<Record<string, unknown>>
  readonly ports: number
  readonly frames: fc.Arbitrary<Uint8Array>
  /** Nanoseconds that may pass before a frame. */
  readonly gaps: readonly number[]
}

/** A fault put into a source: `find`, which must occur once, becomes `replace`. */
export interface Fault {
  readonly what: string
  readonly find: string
  readonly replace: string
}

interface Step {
  readonly port: number
  readonly gap: number
  readonly frame: Uint8Array
}

function stepOf({ ports, gaps, frames }: World): fc.Arbitrary<Step> {
  return fc.record({ port: fc.nat(ports - 1), gap: fc.constantFrom(...gaps), frame: frames })
}

const samples = new WeakMap<World, readonly Step[]>()

/** The same 5,000 steps each time. */
function sampleOf(world: World): readonly Step[] {
  const sample = samples.get(world) ?? fc.sample(stepOf(world), { seed: 1, numRuns: 5_000 })
  samples.set(world, sample)
  return sample
}

/** The first violation among `steps`, from the time `start`. */
function violationAmong(nf: UnderTest, steps: readonly Step[], start: bigint): string | undefined {
  let now = start
  for (const { port, gap, frame } of steps) {
    now += BigInt(gap)
    const { violation } = nf.send(port, frame, now)
    if (violation !== undefined) return violation
  }
  return undefined
}

/** Binary and specification agree on some 12,000 random frames, whatever came before each. */
export async function agreesOnRandomFrames(t: ExecutionContext, world: World): Promise<void> {
  const make = await nfUnderTest(world.nf, world.config, { ports: world.ports })
  const start = fc.constantFrom(0n, 500n, 2n ** 61n)
  const steps = fc.array(stepOf(world), { minLength: 1, maxLength: 1000, size: 'max' })
  const reached = new Map<number, number>()
  fc.assert(
    fc.property(start, steps, (begin, sequence) => {
      const nf = make()
      const violation = violationAmong(nf, sequence, begin)
      for (const { line, packets } of nf.oracle.tally.coverage) reached.set(line, (reached.get(line) ?? 0) + packets)
      if (violation !== undefined) throw new Error(violation)
    }),
    { numRuns: 25 },
  )
  t.log([...reached].map(([line, packets]) => `line ${line}: ${packets}`).join(', '))
  t.true(reached.size > 1)
}

/** A build with this fault is found out by the specification in one of the worlds. */
export async function isCaught(t: ExecutionContext, worlds: readonly World[], fault: Fault): Promise<void> {
  for (const world of worlds) {
    const found = await withFault(world.nf, fault, async (source) => {
      const make = await nfUnderTest(world.nf, world.config, { ports: world.ports, source })
      return violationAmong(make(), sampleOf(world), 1_000_000n) !== undefined
    })
    if (found) {
      t.pass()
      return
    }
  }
  t.fail(`not caught: ${fault.what}`)
}

/** Writes the faulty source where it can be compiled, and takes it away again. */
async function withFault<T>(
  nf: string,
  { what, find, replace }: Fault,
  use: (source: string) => Promise<T>,
): Promise<T> {
  const parts = readFileSync(join('nfs', nf, 'nf.ts'), 'utf8').split(find)
  if (parts.length !== 2) throw new Error(`${what}: "${find}" occurs ${parts.length - 1} times in the source of ${nf}`)
  const folder = mkdtempSync(join(tmpdir(), 'vigil-fault-'))
  try {
    mkdirSync(join(folder, 'nfs', nf), { recursive: true })
    symlinkSync(resolve('libvig'), join(folder, 'libvig'))
    const source = join(folder, 'nfs', nf, 'nf.ts')
    writeFileSync(source, parts.join(replace))
    return await use(source)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
