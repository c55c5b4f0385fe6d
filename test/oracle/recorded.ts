/** What the real network functions did to random frames, one after the other. */
import fc from 'fast-check'

import { loadNf } from '../../src/nf/index.js'
import { type Judgement, loadSpec, Oracle } from '../../src/oracle/index.js'
import { oneAtATime } from '../nfs/one-at-a-time.js'
import type { World } from '../nfs/random-frames.js'
import { steps as flowSteps, frameOf } from '../nfs/traffic.js'
import { worlds as balancers } from '../nfs/worlds/balancer.js'
import { worlds as bridges } from '../nfs/worlds/bridge.js'
import { world as firewall, config as firewallConfig } from '../nfs/worlds/firewall.js'
import { world as nat, config as natConfig } from '../nfs/worlds/nat.js'
import { worlds as policers } from '../nfs/worlds/policer.js'

/** A packet that entered a device, and what left it. */
export interface Passed {
  readonly ingress: number
  readonly now: bigint
  readonly input: Uint8Array
  /** Bit i for port i. */
  readonly egress: number
  readonly output: Uint8Array
}

interface Entering {
  readonly ingress: number
  readonly wait: number
  readonly frame: Uint8Array
}

/** A network function in one configuration, and traffic for it. */
export interface Subject {
  readonly name: string
  readonly nf: string
  readonly config: Readonly<Record<string, unknown>>
  readonly ports: number
  readonly traffic: (length: { minLength: number; maxLength: number }) => fc.Arbitrary<readonly Entering[]>
}

function flows(name: string, world: typeof nat, config: Subject['config']): Subject {
  const traffic: Subject['traffic'] = (length) =>
    flowSteps(world, length).map((all) =>
      all.map((step) => ({ ingress: step.ingress, wait: step.wait, frame: frameOf(world, step) })),
    )
  return { name, nf: name, config, ports: world.ports, traffic }
}

function frames({ what, nf, config, ports, frames, gaps }: World): Subject {
  const entering = fc.record({ ingress: fc.nat(ports - 1), wait: fc.constantFrom(...gaps), frame: frames })
  return {
    name: `${nf}, ${what}`,
    nf,
    config,
    ports,
    traffic: (length) => fc.array(entering, { ...length, size: 'max' }),
  }
}

const stations: World = {
  what: 'frames of stations',
  nf: 'nop',
  config: {},
  ports: 3,
  frames: stationFrames(),
  gaps: [0, 1],
}

function stationFrames(): World['frames'] {
  const [first] = bridges
  if (first === undefined) throw new Error('no frames')
  return first.frames
}

/** All six network functions, some of them in several configurations. */
export const subjects: readonly Subject[] = [
  flows('nat', nat, natConfig),
  flows('firewall', firewall, firewallConfig),
  ...chosen(bridges, ['without VLANs', 'with VLANs']),
  ...chosen(balancers, ['a small table', 'two clients', 'backends that share a port']),
  ...chosen(policers, ['fast and small']),
  frames(stations),
]

function chosen(worlds: readonly World[], names: readonly string[]): Subject[] {
  return worlds.filter(({ what }) => names.includes(what)).map(frames)
}

/** A network function to run, and oracles for it. */
export interface Ready {
  run(entering: readonly Entering[]): Passed[]
  oracle(): Oracle
}

export async function ready({ nf, config, ports }: Subject): Promise<Ready> {
  const loaded = await loadNf(nf, { config, portCount: ports })
  const spec = await loadSpec(`nfs/${nf}/spec.ts`)
  const fresh = oneAtATime(loaded)
  return {
    oracle: () => new Oracle({ nf, instance: nf, spec, config: loaded.config }),
    run(entering) {
      const device = fresh()
      let now = 1_000_000n
      return entering.map(({ ingress, wait, frame }) => {
        now += BigInt(wait)
        device.setFrame(0, frame, 0, frame.length, ingress, now)
        device.run(1)
        const at = device.frameBuffer(0)
        return {
          ingress,
          now,
          input: frame,
          egress: device.verdict(0),
          output: device.bytes.slice(at, at + frame.length),
        }
      })
    },
  }
}

export type Judged = (packet: Passed) => Judgement

export function judge(oracle: Oracle, { ingress, now, input, egress, output }: Passed): Judgement {
  return oracle.judge(ingress, now, input, 0, input.length, egress, output, 0, output.length)
}

export function attempt(oracle: Oracle, { ingress, now, input, egress, output }: Passed): Judgement {
  return oracle.attempt(ingress, now, input, 0, input.length, egress, output, 0, output.length)
}
