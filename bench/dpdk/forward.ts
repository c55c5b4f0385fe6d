/** Our side, in a process of its own, `node forward.js NF SECONDS DEVICE DEVICE`: prints what it forwarded, as JSON. */

import { Forwarder } from '../../src/device/index.js'
import { openDpdk, startDpdk } from '../../src/packetio/index.js'
import { DEFAULT_BURST } from '../../src/testbed/index.js'
import { loadMeasured } from './captures.js'

/** Until its code is compiled. */
const WARM_SECONDS = 1
/** Steps between two looks at the clock. */
const STEPS = 1000

export interface Forwarded {
  readonly frames: number
  /** Of processor time. */
  readonly seconds: number
  /** Copies that left, of all since the start. */
  readonly left: number
  readonly processed: number
}

const [nf = '', seconds = '', ...devices] = process.argv.slice(2)
startDpdk({ megabytes: 1024 })
const ports = devices.map((device) => openDpdk(device, { buffers: 65_535 }))
const forwarder = new Forwarder((await loadMeasured(nf)).instantiate(), ports, DEFAULT_BURST, process.hrtime.bigint)

function forward(duration: number): Pick<Forwarded, 'frames' | 'seconds'> {
  const end = performance.now() + duration * 1000
  const before = forwarder.counts.processed
  const used = process.cpuUsage()
  while (performance.now() < end) {
    for (let i = 0; i < STEPS; i++) forwarder.step()
  }
  const { user, system } = process.cpuUsage(used)
  return { frames: forwarder.counts.processed - before, seconds: (user + system) / 1e6 }
}

forward(WARM_SECONDS)
const measured = forward(Number(seconds))
const left = ports.reduce((sum, port) => sum + port.counts().sent, 0)
const forwarded: Forwarded = { ...measured, left, processed: forwarder.counts.processed }
console.log(JSON.stringify(forwarded))
