/** Sends traffic to a network function until its specification objects. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import fc from 'fast-check'

import { type Edit, writeSource } from '../wrong-builds/wrong-build.js'
import { frameOf, type Step, steps, type World } from './traffic.js'
import { nfUnderTest, type UnderTest } from './under-test.js'

/** A step, and its frame where that was built before. */
type Sent = Step & { readonly frame?: Uint8Array }

/** Sends `traffic`, starting with an empty table at a time after `start`; the first violation and the time it ended. */
export function sendAll(nf: UnderTest, world: World, traffic: readonly Sent[], start: bigint) {
  // Whatever was there before has expired by the first packet, so that every run starts empty.
  let now = start + 2n * BigInt(world.expiration)
  for (const step of traffic) {
    now += BigInt(step.wait)
    const violation = nf.violationBy(step.ingress, step.frame ?? frameOf(world, step), now)
    if (violation !== undefined) return { violation, now }
  }
  return { violation: undefined, now }
}

/** A fixed sample of traffic. */
export function sample(world: World, seed: number, packets: number): readonly Step[] {
  return fc.sample(steps(world, { minLength: 100, maxLength: 100 }), { seed, numRuns: Math.ceil(packets / 100) }).flat()
}

/** The newest one, which is used until somebody else needs its memory: by what does not wait for anything meanwhile. */
let last: UnderTest | undefined

/** Names of the wrong builds of `nf` in which traffic finds nothing. */
export async function missedBy(
  nf: string,
  builds: readonly Edit[],
  config: Record<string, unknown>,
  world: World,
  traffic: readonly Step[],
): Promise<readonly string[]> {
  // Built once: that takes longer than a network function with them does.
  const sent = traffic.map((step) => ({ ...step, frame: frameOf(world, step) }))
  const missed: string[] = []
  const folder = mkdtempSync(join(tmpdir(), 'wrong-build-'))
  try {
    for (const wrong of builds) {
      const make = await nfUnderTest(nf, config, { ports: world.ports, source: writeSource(folder, nf, wrong) })
      const device = make(last)
      last = device
      if (sendAll(device, world, sent, 0n).violation === undefined) missed.push(wrong.name)
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
  return missed
}
