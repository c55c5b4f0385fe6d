/** The six specifications, with every option, read fast and symbolically on the same packets and states. */
import test from 'ava'
import fc from 'fast-check'

import { resolveConfig } from '../../../src/nf/config.js'
import { readManifest } from '../../../src/nf/manifest.js'
import { ethernet, ipv4, udp } from '../../nfs/frames.js'
import { frameOf, steps, type World } from '../../nfs/traffic.js'
import { Fast, load, normal, type Packet, Symbolic } from './both-readings.js'

interface Case {
  readonly nf: string
  readonly ports: number
  readonly config: Readonly<Record<string, unknown>>
  /** What the specification is read with, beyond what the binary implements. */
  readonly options?: readonly Readonly<Record<string, string>>[]
  readonly packets: fc.Arbitrary<readonly Packet[]>
}

const EXPIRATION = 1000

function ip(world: Omit<World, 'expiration'>): fc.Arbitrary<readonly Packet[]> {
  const whole = { ...world, expiration: EXPIRATION }
  return steps(whole, { minLength: 20, maxLength: 60 }).map((sequence) => {
    let now = 10n
    return sequence.map((step) => {
      now += BigInt(step.wait)
      return { ingress: step.ingress, now, frame: frameOf(whole, step) }
    })
  })
}

const MACS = [0x020000000001, 0x020000000002, 0x020000000003, 0x01005e000001, 0x0180c2000003]
const VIDS = [0, 1, 2, 5, 0xfff]

const tag = fc.record({
  tpid: fc.constantFrom(0x8100, 0x8100, 0x88a8),
  id: fc.constantFrom(...VIDS),
  priority: fc.nat(7),
})
const station = fc.constantFrom(...MACS)
const bridged = fc
  .record({
    dst: station,
    src: station,
    tags: fc.array(tag, { maxLength: 3 }),
    cut: fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.nat(20) }),
  })
  .map(({ cut, ...fields }) => ethernet({ ...fields, payload: [1, 2, 3] }).slice(0, cut))

const BACKENDS = [0x020000000201, 0x020000000202, 0x020000000203]
const heartbeat = fc.constantFrom(...BACKENDS, 0x020000000299).map((src) => {
  const payload = ipv4({ src: 1, dst: 2, protocol: 17, payload: udp({ srcPort: 1, dstPort: 3781 }) })
  return ethernet({ dst: 1, src, type: 0x0800, payload })
})

/** Frames by any port, with any waits around expiry. */
function sent(ports: number, frames: fc.Arbitrary<Uint8Array>): fc.Arbitrary<readonly Packet[]> {
  const one = fc.record({
    ingress: fc.nat(ports - 1),
    wait: fc.constantFrom(0, 1, 100, 999, 1000, 1001),
    frame: frames,
  })
  return fc.array(one, { minLength: 20, maxLength: 60, size: 'max' }).map((sequence) => {
    let now = 10n
    return sequence.map(({ ingress, wait, frame }) => {
      now += BigInt(wait)
      return { ingress, now, frame }
    })
  })
}

const both = [4, 6] as const
const inboundTo = { address: '198.51.100.1', firstPort: 1024, portCount: 3 }
const mixed = ip({ ports: 4, wan: 0, versions: both })

const cases: readonly Case[] = [
  { nf: 'nop', ports: 3, config: {}, packets: sent(3, bridged) },
  {
    nf: 'nat',
    ports: 3,
    config: { wan: 0, externalIp: '198.51.100.1', startPort: 1024, maxFlows: 3, expiration: `${EXPIRATION}ns` },
    options: [
      { mapping: 'addressDependent', wrongChecksum: 'drop' },
      { mapping: 'endpointIndependent', filtering: 'endpointIndependent', refreshOn: 'both' },
      { opens: 'syn', ttl: 'decrement', nonIpv4: 'any' },
    ],
    packets: ip({ ports: 3, wan: 0, versions: both, inboundTo }),
  },
  {
    nf: 'firewall',
    ports: 3,
    config: { wan: 0, maxFlows: 3, expiration: `${EXPIRATION}ns` },
    options: [
      { opens: 'syn', refreshOn: 'both', macs: 'keep' },
      { ipv6Extensions: 'any', nonIp: 'any', macs: 'rewrite' },
    ],
    packets: ip({ ports: 3, wan: 0, versions: both }),
  },
  {
    nf: 'policer',
    ports: 2,
    config: { wan: 1, capacity: 3, rate: 200_000_000, burst: 200, expiration: `${EXPIRATION}ns` },
    options: [{ count: 'frame', macs: 'rewrite', nonIp: 'drop' }, { count: 'frame+fcs' }, { count: 'line' }],
    packets: ip({ ports: 2, wan: 1, versions: both }),
  },
  {
    nf: 'bridge',
    ports: 4,
    config: { capacity: 3, ageingTime: `${EXPIRATION}ns`, staticEntries: { '02:00:00:00:00:03': 2 } },
    options: [{ groupSource: 'drop' }],
    packets: sent(4, bridged),
  },
  {
    nf: 'bridge',
    ports: 4,
    config: { capacity: 3, ageingTime: `${EXPIRATION}ns`, vlanAware: true, trunks: '2,3', pvid: '1,2,1,5' },
    options: [{ groupSource: 'drop' }, { tagging: 'changed' }],
    packets: sent(4, bridged),
  },
  {
    nf: 'balancer',
    ports: 4,
    config: { capacity: 3, expiration: `${EXPIRATION}ns`, heartbeatTimeout: '1500 ns', height: 67 },
    options: [{ returnTraffic: 'drop' }],
    packets: fc.tuple(sent(4, heartbeat), mixed).map(([beats, others]) => merged(beats, others)),
  },
]

/** Two sequences as one, in order of time. */
function merged(a: readonly Packet[], b: readonly Packet[]): readonly Packet[] {
  return [...a, ...b].sort((x, y) => (x.now < y.now ? -1 : x.now > y.now ? 1 : 0))
}

for (const { nf, ports, config, options = [], packets } of cases) {
  for (const option of [{}, ...options]) {
    const changed = { ...config, ...option }
    test(`${nf}: all readings agree with ${JSON.stringify(changed)}`, async (t) => {
      const resolved = resolveConfig(readManifest(`nfs/${nf}/nf.yaml`), { config, portCount: ports })
      const values = new Map([...resolved.values, ...Object.entries(option)])
      const loaded = await load(`nfs/${nf}/spec.ts`, { values, portCount: ports })
      const lines = new Map<string, number>()
      const run = (sequence: readonly Packet[]): void => {
        const fast = new Fast(loaded.fast, loaded.config, loaded.file)
        const instrumented = new Fast(loaded.instrumented, loaded.config, loaded.file)
        const symbolic = new Symbolic(loaded)
        for (const packet of sequence) {
          const saying = fast.say(packet, ports)
          const what = JSON.stringify({
            ...packet,
            now: String(packet.now),
            frame: Buffer.from(packet.frame).toString('hex'),
          })
          expectSame(instrumented.say(packet, ports), saying, `instrumented: ${what}`)
          const term = symbolic.say(packet)
          expectSame(normal(term, symbolic.onesComplements), normal(saying, symbolic.onesComplements), what)
          expectSame(instrumented.state(), fast.state(), `instrumented state: ${what}`)
          expectSame(symbolic.state(), fast.state(), `state: ${what}`)
          const line = `${saying.line} ${saying.kind}`
          lines.set(line, (lines.get(line) ?? 0) + 1)
        }
      }
      fc.assert(fc.property(packets, run), { numRuns: 4 })
      t.log([...lines].map(([line, count]) => `${line}: ${count}`).join(', '))
      t.true(lines.size > 1)
    })
  }
}

function expectSame(actual: unknown, expected: unknown, what: string): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (a !== b) throw new Error(`${what}\n  says     ${a}\n  expected ${b}`)
}
