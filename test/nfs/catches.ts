/** Sends traffic to a network function until its specification objects. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import fc from 'fast-check'

import { type Edit, writeSource } from '../wrong-builds/wrong-build.js'
import { frameOf, type Step, steps, type World } from './traffic.js'
import { nfUnderTest, type UnderTest } from './under-test.js'

/** Sends `traffic`, starting with an empty table at a time after `start`; the first violation and the time it ended. */
export function sendAll(nf: UnderTest, world: World, traffic: readonly Step[], start: bigint) {
  // Whatever was there before has expired by the first packet, so that every run starts empty.
  let now = start + 2n * BigInt(world.expiration)
  for (const step of traffic) {
    now += BigInt(step.wait)
    const violation = nf.violationBy(step.ingress, frameOf(world, step), now)
    if (violation !== undefined) return { violation, now }
  }
  return { violation: undefined, now }
}

/** A fixed sample of traffic. */
export function sample(world: World, seed: number, packets: number): readonly Step[] {
  return fc.sample(steps(world, { minLength: 100, maxLength: 100 }), { seed, numRuns: Math.ceil(packets / 100) }).flat()
}

/** The violation that traffic finds in a wrong build of `nf`, or undefined. */
export async function violationOf(
  nf: string,
  wrong: Edit,
  config: Record<string, unknown>,
  world: World,
  traffic: readonly Step[],
): Promise<string | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'wrong-build-'))
  try {
    const source = writeSource(folder, nf, wrong)
    const device = (await nfUnderTest(nf, config, { ports: world.ports, source }))()
    return sendAll(device, world, traffic, 0n).violation
  } finally {
    rmSync(folder, { recursive: true })
  }
}
