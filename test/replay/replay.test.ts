import { readFileSync, writeFileSync } from 'node:fs'
import { Readable } from 'node:stream'

import test from 'ava'
import fc from 'fast-check'

import { InputError } from '../../src/errors.js'
import { buildFrame } from '../../src/packet/build.js'
import { replay } from '../../src/replay/index.js'
import type { NfResult, RunResult } from '../../src/result/index.js'
import { first, sum } from './results.js'
import { ACK, conversation, freshPath, SYN, tcp, traceOf, udp } from './traffic.js'

const me = '192.168.1.7'
const server = '198.51.100.7'
const small = ['capacity=64']

/** Everything of a result that must not depend on when and how fast it was made. */
function essence(result: RunResult): unknown {
  return { verdict: result.verdict, cause: result.cause, nfs: result.nfs, traces: result.replay?.traces }
}

test('a conversation passes a NAT both ways: answers go to what the NAT chose', async (t) => {
  const trace = traceOf([
    ...conversation(me, 40000, server, 5),
    ...conversation('192.168.1.8', 40000, server, 5),
    udp(me, 5353, '9.9.9.9', 53),
    udp('9.9.9.9', 53, me, 5353),
    tcp('203.0.113.66', 1, me, 2, SYN),
  ])
  const result = await replay({ nf: 'nat', traces: [trace], config: ['startPort=5000', 'maxFlows=500'] })
  t.is(result.verdict, 'holds')
  t.is(result.exitCode, 0)
  t.like(first(result), { packetsRead: 29, packetsSent: 29, transportSent: 29, transportTranslated: 28 })
  t.like(result.nfs[0], { packetsSent: 29, packetsReceived: 28, packetsChecked: 29, violationCount: 0 })
  t.like(result.nfs[0]?.outcomes, { rewritten: 28, dropped: 1 })
})

test('frames that go in as they are: answers to an address that the NAT has not given are dropped', async (t) => {
  const traces = [traceOf(conversation(me, 40000, server, 3))]
  const [rewritten, asIs] = [await replay({ nf: 'nat', traces }), await replay({ nf: 'nat', traces, asIs: true })]
  const { outcomes } = asIs.nfs[0] ?? {}
  t.is(asIs.verdict, 'holds')
  t.true(asIs.replay?.plan.includes('frames go in as they are: no answer is rewritten'))
  t.is(rewritten.nfs[0]?.outcomes.dropped, 0)
  t.true((outcomes?.dropped ?? 0) > 0 && (outcomes?.rewritten ?? 0) > 0)
})

test('verdicts and counts are the same for bursts of 1, 32 and 256', async (t) => {
  const frames = Array.from({ length: 60 }, (_, i) =>
    conversation(`10.0.0.${1 + (i % 7)}`, 30000 + i, server, 3),
  ).flat()
  const traces = [traceOf(frames)]
  for (const nf of ['nat', 'bridge', 'balancer']) {
    const [one, some, many] = await Promise.all(
      [1, 32, 256].map((burst) => replay({ nf, traces, burst, config: nf === 'nat' ? ['maxFlows=32'] : small })),
    )
    if (one === undefined || some === undefined || many === undefined) return t.fail()
    t.deepEqual(essence(some), essence(one))
    t.deepEqual(essence(many), essence(one))
    t.is(one.verdict, 'holds')
  }
})

test('random traffic through small tables: no violation, and the same for any burst', async (t) => {
  const packet = fc.record({
    host: fc.nat(2),
    port: fc.integer({ min: 1024, max: 1027 }),
    peer: fc.nat(1),
    isBack: fc.boolean(),
    isTcp: fc.boolean(),
    wait: fc.constantFrom(0, 1000, 4_000_000_000, 11_000_000_000),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(packet, { maxLength: 80 }), fc.integer({ min: 2, max: 40 }), async (shapes, burst) => {
      let time = 0
      const times = shapes.map(({ wait }) => {
        time += wait
        return time
      })
      const frames = shapes.map(({ host, port, peer, isBack, isTcp }) => {
        const [inside, outside] = [`10.0.0.${host}`, `198.51.100.${peer}`]
        const make = isTcp ? tcp : udp
        return isBack ? make(outside, 443, inside, port) : make(inside, port, outside, 443)
      })
      const options = { nf: 'nat', traces: [traceOf(frames, times)], config: ['maxFlows=4', 'expiration=10s'] }
      const one = await replay({ ...options, burst: 1 })
      t.is(one.nfs[0]?.violationCount, 0)
      t.deepEqual(essence(await replay({ ...options, burst })), essence(one))
    }),
    { numRuns: 12 },
  )
})

test('links with delay, loss and reordering: judged all the same, and the same for the same seed', async (t) => {
  const file = freshPath('lab.yaml')
  const text = readFileSync('topologies/chain-firewall-nat.yaml', 'utf8')
  const link = 'from: firewall.1, to: nat.0'
  t.true(text.includes(link))
  writeFileSync(file, text.replace(link, `${link}, delay: 300us, loss: 0.1, reorder: { probability: 0.1, by: 5ms }`))
  const frames = Array.from({ length: 20 }, (_, i) => conversation(`10.0.0.${i}`, 30000, server, 3)).flat()
  const run = (seed: number): Promise<RunResult<NfResult>> =>
    replay({ topology: file, traces: [traceOf(frames)], seed })
  const one = await run(1)
  t.is(one.nfs[0]?.violationCount, 0)
  t.is(one.nfs[1]?.violationCount, 0)
  t.true((one.nfs[1]?.packetsSent ?? 0) < frames.length)
  t.is(first(one).packetsSent, frames.length)
  const nfsOf = ({ nfs }: RunResult): unknown => nfs
  t.deepEqual(nfsOf(await run(1)), nfsOf(one))
  t.notDeepEqual(nfsOf(await run(2)), nfsOf(one))
})

test('a firewall and a NAT in a row: both judged, answers learned from what left the last one', async (t) => {
  const traces = [traceOf([...conversation(me, 40000, server, 4), tcp('203.0.113.66', 1, me, 2, SYN)])]
  const result = await replay({
    topology: 'chain-firewall-nat',
    traces,
    config: ['nat.startPort=7000', 'nat.maxFlows=9', 'firewall.maxFlows=9'],
  })
  t.is(result.verdict, 'holds')
  t.deepEqual(
    result.nfs.map(({ instance, outcomes, packetsSent }) => [
      instance,
      packetsSent,
      outcomes.rewritten,
      outcomes.dropped,
    ]),
    [
      ['firewall', 11, 11, 0],
      ['nat', 12, 11, 1],
    ],
  )
  t.is(first(result).transportTranslated, 11)
  t.is(result.nfs[0]?.config.maxFlows, '9')
  const error = await t.throwsAsync(replay({ topology: 'chain-firewall-nat', traces, config: ['startPort=7000'] }), {
    instanceOf: InputError,
  })
  t.regex(error?.message ?? '', /does not say which network function is meant/)
})

test('a balancer has live backends: hosts send heartbeats as the trace goes on', async (t) => {
  const frames = Array.from({ length: 20 }, (_, i) => tcp(`203.0.113.${i}`, 4000, server, 80, SYN))
  const traces = [
    traceOf(
      frames,
      frames.map((_, i) => i * 500_000_000),
    ),
  ]
  const result = await replay({ nf: 'balancer', traces })
  t.is(result.verdict, 'holds')
  t.like(result.nfs[0], { packetsSent: 50, packetsChecked: 50 })
  t.like(result.nfs[0]?.outcomes, { rewritten: 20, dropped: 30 })
})

const lengths = fc.constantFrom(20, 1400, 1460, 3000)
const packets = fc.array(fc.record({ isTcp: fc.boolean(), length: lengths, host: fc.nat(3) }), {
  minLength: 1,
  maxLength: 30,
})

test('every packet read is sent or counted under one cause', async (t) => {
  const choices = fc.record(
    {
      filter: fc.constantFrom('tcp', 'not host 10.0.0.1', 'greater 100'),
      frames: fc.constantFrom('2-9', '1,3,5-'),
      limit: fc.nat(12),
      loop: fc.integer({ min: 1, max: 3 }),
      oversize: fc.constantFrom('skip' as const, 'segment' as const),
    },
    { requiredKeys: [] },
  )
  await fc.assert(
    fc.asyncProperty(packets, choices, async (shapes, options) => {
      const frames = shapes.map(({ isTcp, length, host }) => {
        return (isTcp ? tcpOf : udpOf)(`10.0.0.${host}`, 'x'.repeat(length))
      })
      const result = await replay({ nf: 'nop', traces: [traceOf(frames), traceOf(frames.slice(1))], ...options })
      for (const [i, trace] of (result.replay?.traces ?? []).entries()) {
        if (options.limit === undefined) t.is(trace.packetsRead, frames.length - i)
        t.is(trace.packetsSent + sum(trace.skipped), trace.packetsRead * (options.loop ?? 1))
        t.true(Object.values(trace.skipped).every((count) => count > 0))
      }
      const [nf] = result.nfs
      t.is(nf?.packetsSent, (nf?.packetsChecked ?? 0) + sum(nf?.ignored ?? {}))
    }),
    { numRuns: 12 },
  )
})

const tcpOf = (src: string, payload: string): Uint8Array => tcp(src, 5000, server, 80, ACK, payload)
const udpOf = (src: string, payload: string): Uint8Array => udp(src, 5000, server, 80, payload)

test('any bytes can be replayed with every rewriting on: nothing breaks, all is accounted for', async (t) => {
  const seed = conversation(me, 40000, server, 2).concat(udp('fd00::1', 5000, '2001:db8::1', 53))
  const mutated = fc.tuple(
    fc.nat(seed.length - 1),
    fc.array(fc.tuple(fc.nat(90), fc.nat(255)), { maxLength: 4 }),
    fc.nat(90),
  )
  const damaged = mutated.map(([which, changes, length]) => {
    const frame = (seed[which] ?? new Uint8Array(0)).slice()
    for (const [at, value] of changes) if (at < frame.length) frame[at] = value
    return frame.subarray(0, Math.max(1, length))
  })
  const any = fc.oneof(damaged, fc.uint8Array({ minLength: 1, maxLength: 100 }))
  await fc.assert(
    fc.asyncProperty(
      fc.array(any, { minLength: 1, maxLength: 60 }),
      fc.constantFrom('nat', 'firewall', 'bridge'),
      async (frames, nf) => {
        const result = await replay({
          nf,
          traces: [traceOf(frames)],
          loop: 3,
          oversize: 'segment',
          maxFrame: 70,
          map: '192.168.0.0/16=10.0.0.0/8,fd00::/8=fd00::/8,02:00:00:00:00:01=02:00:00:00:00:11',
          config: nf === 'bridge' ? small : ['maxFlows=8'],
        })
        t.is(result.nfs[0]?.violationCount, 0)
        t.is(first(result).packetsSent + sum(first(result).skipped), frames.length * 3)
      },
    ),
    { numRuns: 25 },
  )
})

test('oversize packets are skipped, or sent as segments that pass the NAT', async (t) => {
  const traces = [traceOf([tcpOf(me, 'x'.repeat(4000)), udpOf(me, 'x'.repeat(4000)), tcpOf(me, 'y')])]
  const skipped = await replay({ nf: 'nat', traces })
  t.like(first(skipped), { packetsSent: 1, skipped: { oversize: 2 } })
  const cut = await replay({ nf: 'nat', traces, oversize: 'segment' })
  t.like(first(cut), { packetsSent: 2, skipped: { oversize: 1 } })
  t.like(cut.nfs[0], { packetsSent: 4, verdict: 'holds' })
  t.is(cut.nfs[0]?.outcomes.rewritten, 4)
})

test('passes have flows of their own: each fills the table further', async (t) => {
  const traces = [traceOf(conversation(me, 40000, server, 2))]
  const full = await replay({ nf: 'nat', traces, loop: 5, config: ['maxFlows=3'] })
  t.like(full.nfs[0]?.outcomes, { rewritten: 3 * 7, dropped: 2 * 7 })
  t.is(full.verdict, 'holds')
  const roomy = await replay({ nf: 'nat', traces, loop: 5, seed: 9 })
  t.like(roomy.nfs[0]?.outcomes, { rewritten: 5 * 7, dropped: 0 })
})

test('mapped addresses are what the NAT sees, and answers still find their flow', async (t) => {
  const traces = [traceOf(conversation(me, 40000, server, 3))]
  const result = await replay({ nf: 'nat', traces, map: '192.168.0.0/16=10.0.0.0/8,198.51.100.0/24=203.0.113.0/24' })
  t.like(result, { verdict: 'holds' })
  t.is(first(result).transportTranslated, 9)
})

test('standard input is looked at and then read from its beginning', async (t) => {
  const content = readFileSync(traceOf(conversation(me, 40000, server, 3)))
  const result = await replay({ nf: 'nat', traces: ['-'], stdin: Readable.from([content]) })
  t.like(first(result), { file: 'standard input', packetsRead: 9, transportTranslated: 9 })
  const twice = replay({ nf: 'nat', traces: ['-'], loop: 2, stdin: Readable.from([content]) })
  t.regex((await t.throwsAsync(twice, { instanceOf: InputError }))?.message ?? '', /can be read only once/)
})

test('traces follow each other on one clock', async (t) => {
  const late = traceOf(conversation(me, 40000, server, 1))
  // The same conversation again: its times go back, so it is moved behind the first, where the flow still lives.
  const answer = traceOf([tcp(server, 443, me, 40000)])
  const result = await replay({ nf: 'nat', traces: [late, answer] })
  t.like(result.nfs[0]?.outcomes, { rewritten: 6, dropped: 0 })
})

test('the plan says who enters where, and is part of the result', async (t) => {
  const plans: (readonly string[])[] = []
  const progress: number[] = []
  const result = await replay({
    nf: 'nat',
    traces: [traceOf(conversation(me, 40000, server, 3))],
    clients: '192.168.1.0/24',
    onPlan: (lines) => plans.push(lines),
    onProgress: ({ packets, fraction }) => progress.push(packets, fraction ?? -1),
  })
  t.deepEqual(plans, [result.replay?.plan])
  const text = plans.flat().join('\n')
  t.regex(text, /inside by left, outside by right: inside hosts are those of 192\.168\.1\.0\/24/)
  t.regex(text, /trace\.pcap: 9 frames, 5 by left, 4 by right/)
  t.deepEqual(progress.slice(-2), [9, 1])
})

test('what is no IP goes through a bridge by its MAC addresses', async (t) => {
  const frame = (src: number, dst: number): Uint8Array => {
    return buildFrame({
      ethernet: { src: `02:00:00:00:00:0${src}`, dst: `02:00:00:00:00:0${dst}`, type: 0x9000 },
      minimumLength: 60,
    })
  }
  const result = await replay({
    nf: 'bridge',
    traces: [traceOf([frame(1, 2), frame(2, 1), frame(1, 2)])],
    config: small,
  })
  t.like(result.nfs[0]?.outcomes, { flooded: 1, forwarded: 2 })
})
