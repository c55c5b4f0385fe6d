/** What arrives at the two ports of a network function, as capture files: 58,000 flows each, and answers that belong to them. */
import { createPcapWriter } from '../../src/capture/index.js'
import { type LoadedNf, loadNf } from '../../src/nf/index.js'
import { answer, FRAME, type Kind } from '../judge/kinds.js'

export const FLOWS = 58_000

/** With two ports, and a table that holds all of them. */
export function loadMeasured(nf: string): Promise<LoadedNf> {
  return loadNf(nf, { portCount: 2, config: nf === 'bridge' ? { capacity: 2 * FLOWS } : {} })
}

/** Of each frame that enters by port 0, the answer to what leaves: the same flows in the same order, so it fits each run. */
export async function writeCaptures(kind: Kind, files: readonly [string, string]): Promise<void> {
  const nf = (await loadMeasured(kind.nf)).instantiate()
  const [asked, answered] = files.map((file) => createPcapWriter(file))
  const frame = new Uint8Array(FRAME)
  const back = new Uint8Array(FRAME)
  for (let n = 0; n < FLOWS; n++) {
    const time = BigInt(n) * 1000n
    kind.open(n, frame, 0)
    asked?.write({ bytes: frame, time })
    nf.setFrame(0, frame, 0, FRAME, 0, time)
    nf.run(1)
    const start = nf.frameBuffer(0)
    answer(nf.bytes, start, back, 0)
    answered?.write({ bytes: back, time })
  }
  asked?.close()
  answered?.close()
}
