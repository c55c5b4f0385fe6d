/** Traffic of all kinds in one form: what enters a network function, where and when. */
import type { Scene } from '../../wrong-builds/scene.js'
import { sample } from '../catches.js'
import { type World as RandomWorld, sampleOf } from '../random-frames.js'
import { type World as FlowWorld, frameOf } from '../traffic.js'

export interface Arrival {
  readonly port: number
  /** Nanoseconds. */
  readonly now: bigint
  readonly frame: Uint8Array
}

export interface Traffic {
  readonly what: string
  readonly nf: string
  readonly config: Readonly<Record<string, unknown>>
  readonly ports: number
  arrivals(): Iterable<Arrival>
}

/** The packets of a scene. */
export function ofScene({ name, setup, packets }: Scene): Traffic {
  const arrivals = packets.map(({ port, time, frame }) => ({ port, now: time, frame }))
  return { what: name, ...setup, arrivals: () => arrivals }
}

/** The same 5,000 random frames each time. */
export function ofFrames(world: RandomWorld): Traffic {
  const { what, nf, config, ports } = world
  return {
    ...{ what, nf, config, ports },
    *arrivals() {
      let now = 1_000_000n
      for (const { port, gap, frame } of sampleOf(world)) {
        now += BigInt(gap)
        yield { port, now, frame }
      }
    },
  }
}

/** The same 5,000 packets of random conversations each time. */
export function ofConversations(nf: string, config: Traffic['config'], world: FlowWorld): Traffic {
  return {
    ...{ what: 'random conversations', nf, config, ports: world.ports },
    *arrivals() {
      let now = 1_000_000n
      for (const step of sample(world, 7, 5_000)) {
        now += BigInt(step.wait)
        yield { port: step.ingress, now, frame: frameOf(world, step) }
      }
    },
  }
}
