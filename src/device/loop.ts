/** The loop around the forwarder: bursts as they come, until it is told to stop. */
import { VigilError } from '../errors.js'
import { NfTrap } from '../nf/trap.js'
import { type PacketPort, waitForFrames } from '../packetio/index.js'
import type { Forwarder } from './forwarder.js'

/** Whether a port without frames is waited for, or asked again at once. */
export type Polling = 'wait' | 'busy'

/** Why a device ended before its time. */
export interface Fault {
  readonly cause: string
  /** 1: what no specification allows; else what the machine or its links did. */
  readonly exitCode: number
  /** Of what no specification allows. */
  readonly kind?: 'trap' | 'hang'
}

/** Milliseconds of work between two looks at what is outside, and of waiting for a frame. */
const SLICE = 20
const WAIT = 10

export function trapOf({ nf, reason }: NfTrap): Fault {
  return { cause: `${nf} trapped: ${reason}`, exitCode: 1, kind: 'trap' }
}

/** Works for some 20 ms, or until something else is asked for. @returns Why it cannot go on, if so. */
export function forwardForAWhile(
  forwarder: Forwarder,
  ports: readonly PacketPort[],
  polling: Polling,
  isAsked: () => boolean = () => false,
): Fault | undefined {
  const end = performance.now() + SLICE
  try {
    // A link that is lost is told to those who wait, not to those who ask for frames.
    waitForFrames(ports, 0)
    do {
      if (forwarder.step() === 0 && polling === 'wait') waitForFrames(ports, WAIT)
    } while (performance.now() < end && !isAsked())
    return undefined
  } catch (error) {
    if (error instanceof NfTrap) return trapOf(error)
    // A link that was lost, say: what was done until then is reported.
    if (error instanceof VigilError) return { cause: error.message, exitCode: error.exitCode }
    throw error
  }
}
