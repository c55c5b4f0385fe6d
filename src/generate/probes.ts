/**
 * Packets at the exact ends of waiting times: where a comparison is off by one, one of them meets another fate. The
 * times are those of a configuration, so a trace with probes is for that configuration.
 */

import { protocols } from '../packet/index.js'
import { tcpFlags } from './frame.js'
import type { ProbeOptions, TableProbe } from './options.js'
import type { Probe, ProbeTools } from './probe.js'
import { backendProbes } from './probes-backend.js'
import { send } from './strangers.js'

export function* probes(options: ProbeOptions, tools: ProbeTools): Generator<Probe> {
  for (let round = 0; round < options.rounds; round++) {
    switch (options.kind) {
      case 'flow':
        yield* flowProbes(options.expiration, tools)
        break
      case 'station':
        yield* stationProbes(options.expiration, tools, round)
        break
      case 'backend':
        yield* backendProbes(options.expiration, options.timeout, tools)
        break
      case 'bucket':
        yield* bucketProbes(options.rate, options.burst, tools)
        break
    }
  }
}

/** See `TableProbe`. */
export function* tableProbes(options: TableProbe, { frame, random, flows }: ProbeTools): Generator<Probe> {
  const { capacity, expiration, fromServers } = options
  const flags = fromServers ? tcpFlags.ack : tcpFlags.syn
  const fresh = (wait: number) => ({ wait, port: send(frame, random, flows.newFlow(random), fromServers, flags) })
  for (let i = 0; i < capacity; i++) yield fresh(i === 0 ? expiration + second : 0)
  yield fresh(0)
  yield fresh(expiration)
  yield fresh(1)
}

const second = 1_000_000_000

/** The flow lives as long as each packet comes within the expiration, and dies a nanosecond later. */
function* flowProbes(expiration: number, { frame, random, flows }: ProbeTools): Generator<Probe> {
  const flow = flows.newFlow(random)
  const out = (wait: number) => ({ wait, port: send(frame, random, flow, false, tcpFlags.syn) })
  const back = (wait: number) => ({ wait, port: send(frame, random, flow, true, tcpFlags.ack) })
  yield out(second)
  yield back(expiration - 1)
  yield back(expiration)
  yield out(Math.floor(expiration / 2))
  yield back(expiration)
  yield out(expiration)
  yield back(expiration)
  yield back(expiration + 1)
  yield out(second)
  yield back(second)
}

/** Only what a station sends keeps it known; what is sent to it does not. */
function* stationProbes(ageing: number, { frame, random, stations }: ProbeTools, round: number): Generator<Probe> {
  if (stations === undefined) return
  const [one, other] = [stations.address(2 * round), stations.address(2 * round + 1)]
  const says = (wait: number, src: number, dst: number, port: number) => {
    stations.write(frame, random, src, dst)
    return { wait, port }
  }
  const [home, away, elsewhere] = [0, 1, 2]
  yield says(second, one, other, home)
  yield says(ageing - 1, other, one, away)
  yield says(1, other, one, away)
  yield says(1, other, one, away)
  yield says(second, one, other, home)
  yield says(ageing, one, other, home)
  yield says(ageing, other, one, away)
  yield says(1, one, other, elsewhere)
  yield says(0, other, one, away)
  yield says(0, other, one, elsewhere)
}

/** After each wait a whole burst at once: the last packet tells whether the bucket was full. */
function* fullBursts(waits: readonly number[], burst: number, size: number, packet: (wait: number) => Probe) {
  for (const wait of waits) {
    for (let left = burst; left >= size; left -= size) yield packet(left === burst ? wait : 0)
  }
}

/** A full bucket is emptied at once; then packets come just when they can be paid, and a nanosecond before. */
function* bucketProbes(rate: number, burst: number, { frame, random, flows }: ProbeTools): Generator<Probe> {
  const size = 500
  const flow = { ...flows.newFlow(random), protocol: protocols.udp }
  const ipUdpLength = (flow.client.length === 4 ? 20 : 40) + 8
  const packet = (wait: number, length = size) => ({
    wait,
    port: send(frame, random, flow, true, 0, length - ipUdpLength),
  })
  const refill = Math.ceil((size * second) / rate)
  for (let left = burst; left >= size; left -= size) yield packet(left === burst ? second : 0)
  if (burst % size >= ipUdpLength) yield packet(0, burst % size)
  yield packet(0, ipUdpLength)
  yield packet(refill - 1)
  yield packet(1)
  yield packet(refill)
  yield packet(refill - 1)
  yield packet(1000 * refill)
  // Emptied again, a packet of the burst is left out, and the bucket fills to a nanosecond below its size.
  for (let left = burst - size; left >= size; left -= size) yield packet(0)
  yield* fullBursts([Math.ceil((burst * second) / rate) - 1, 1], burst, size, packet)
}
