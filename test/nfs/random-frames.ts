/** Random frames sent to network functions: the right ones must never differ from their specification, wrong ones must. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { ExecutionContext } from 'ava'
import fc from 'fast-check'

import { type Edit, writeSource } from '../wrong-builds/wrong-build.js'
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

export interface Step {
  readonly port: number
  readonly gap: number
  readonly frame: Uint8Array
}

function stepOf({ ports, gaps, frames }: World): fc.Arbitrary<Step> {
  return fc.record({ port: fc.nat(ports - 1), gap: fc.constantFrom(...gaps), frame: frames })
}

const samples = new WeakMap<World, readonly Step[]>()

/** The same 5,000 steps each time. */
export function sampleOf(world: World): readonly Step[] {
  const sample = samples.get(world) ?? fc.sample(stepOf(world), { seed: 1, numRuns: 5_000 })
  samples.set(world, sample)
  return sample
}

/** The first violation among `steps`, from the time `start`. */
function violationAmong(nf: UnderTest, steps: readonly Step[], start: bigint): string | undefined {
  let now = start
  for (const { port, gap, frame } of steps) {
    now += BigInt(gap)
    const violation = nf.violationBy(port, frame, now)
    if (violation !== undefined) return violation
  }
  return undefined
}

/** The newest one, which is used until somebody else needs its memory: by what does not wait for anything meanwhile. */
let last: UnderTest | undefined

/** Binary and specification agree on some 6,000 random frames, whatever came before each. */
export async function agreesOnRandomFrames(t: ExecutionContext, world: World): Promise<void> {
  const make = await nfUnderTest(world.nf, world.config, { ports: world.ports })
  const start = fc.constantFrom(0n, 500n, 2n ** 61n)
  const steps = fc.array(stepOf(world), { minLength: 1, maxLength: 1000, size: 'max' })
  const reached = new Map<number, number>()
  fc.assert(
    fc.property(start, steps, (begin, sequence) => {
      const nf = make(last)
      last = nf
      const violation = violationAmong(nf, sequence, begin)
      for (const { line, packets } of nf.oracle.tally.coverage) reached.set(line, (reached.get(line) ?? 0) + packets)
      if (violation !== undefined) throw new Error(violation)
    }),
    { numRuns: 12 },
  )
  t.log([...reached].map(([line, packets]) => `line ${line}: ${packets}`).join(', '))
  t.true(reached.size > 1)
}

/** Names of the wrong builds that pass for right ones in all of the worlds. */
export async function missedIn(worlds: readonly World[], builds: readonly Edit[]): Promise<readonly string[]> {
  const missed: string[] = []
  const folder = mkdtempSync(join(tmpdir(), 'vigil-wrong-builds-'))
  try {
    for (const wrong of builds) if (!(await isFoundOut(worlds, wrong, folder))) missed.push(wrong.name)
  } finally {
    rmSync(folder, { recursive: true })
  }
  return missed
}

async function isFoundOut(worlds: readonly World[], wrong: Edit, folder: string): Promise<boolean> {
  for (const world of worlds) {
    const source = writeSource(folder, world.nf, wrong)
    const make = await nfUnderTest(world.nf, world.config, { ports: world.ports, source })
    const nf = make(last)
    last = nf
    if (violationAmong(nf, sampleOf(world), 1_000_000n) !== undefined) return true
  }
  return false
}
