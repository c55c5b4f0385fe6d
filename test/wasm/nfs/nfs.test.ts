import test, { type ExecutionContext } from 'ava'
import fc from 'fast-check'

import { DESCRIPTORS, LIBVIG_DATA_START, loadNf } from '../../../src/nf/index.js'
import { listInAssemblyScript } from '../../nf/in-assemblyscript.js'
import { frameOf, type Step, steps, type World } from '../../nfs/traffic.js'
import { stepped } from './stepped-nf.js'

const SECOND = 1_000_000_000
/** Hosts and peers on two ports; replies go to the address that nat and balancer have by default. */
const world: World = {
  ports: 2,
  wan: 1,
  expiration: 300 * SECOND,
  versions: [4, 4, 4, 6],
  inboundTo: { address: '198.51.100.1', firstPort: 1024, portCount: 4 },
}

function packets(seed: number): readonly Step[] {
  return fc.sample(steps(world, { minLength: 320, maxLength: 320 }), { seed, numRuns: 1 }).flat()
}

/** Those of Ethernet, so that both sides have their own. */
function swapAddresses(frame: Uint8Array): void {
  frame.set([...frame.subarray(6, 12), ...frame.subarray(0, 6)].slice(0, frame.length))
}

async function compare(t: ExecutionContext, name: string, seed: number): Promise<void> {
  const nf = await loadNf(name)
  const engine = nf.instantiate()
  const ours = await stepped(nf)
  const { bytes } = ours.memory
  const end = LIBVIG_DATA_START + 0x1_0000 + engine.heapUsed
  t.is(ours.heapUsed, engine.heapUsed)
  t.is(Buffer.compare(bytes, engine.bytes), 0, 'the whole memory after nf_init')
  let now = 0n
  const sent = packets(seed)
  const verdicts = new Set<number>()
  for (let first = 0; first < sent.length; first += 40) {
    const burst = sent.slice(first, first + 40)
    for (const [index, step] of burst.entries()) {
      const frame = frameOf(world, step)
      if (step.ingress === world.wan) swapAddresses(frame)
      now += BigInt(step.wait)
      engine.setFrame(index, frame, 0, frame.length, step.ingress, now)
    }
    // The same packets at the same places.
    bytes.set(engine.bytes.subarray(DESCRIPTORS, LIBVIG_DATA_START), DESCRIPTORS)
    engine.run(burst.length)
    t.like(ours.run(burst.length), { kind: 'returned' })
    const isSame = Buffer.compare(bytes.subarray(0, end), engine.bytes.subarray(0, end)) === 0
    t.true(isSame, `${name}, seed ${seed}, packets from ${first}: memory, with verdicts and frames`)
    for (let index = 0; index < burst.length; index++) verdicts.add(engine.result(index))
  }
  t.is(Buffer.compare(bytes, engine.bytes), 0, 'the whole memory at the end')
  t.log(`verdicts ${[...verdicts].sort((a, b) => a - b).join(', ')}`)
}

for (const { name } of listInAssemblyScript()) {
  test(`${name} computes in the stepper what it does in the engine, byte for byte`, async (t) => {
    await compare(t, name, 1)
    await compare(t, name, Date.now() | 0)
  })
}
