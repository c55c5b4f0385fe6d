/** A process of its own, since DPDK stays once it was started: sends a frame through a pair of rings, says what went wrong. */
import { Burst, openDpdkRings, startDpdk } from '../packetio/index.js'
import { reason } from './check.js'

/** The shortest frame, without its check sequence. */
const LEAST = 60

function isCarried(): boolean {
  startDpdk()
  const [from, to] = openDpdkRings('doctor')
  const burst = new Burst(1, LEAST)
  burst.set(0, 0, LEAST)
  return from.send(burst, 0, 1) === 1 && to.receive(burst) === 1
}

try {
  if (!isCarried()) console.log('a frame that was sent did not arrive')
} catch (error) {
  console.log(reason(error))
}
