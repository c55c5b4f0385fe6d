/** Probes of a balancer: connections at the ends of a backend's silence, of their own expiration, and near misses. */

import type { Flow } from './conversation.js'
import { tcpFlags } from './frame.js'
import type { Probe, ProbeTools } from './probe.js'
import { changed, nearFields, send } from './strangers.js'

const second = 1_000_000_000
const connections = 16

/**
 * With all backends alive each connection shows where the ring puts it. Once forgotten, all are given to the only
 * live backend, and stay there when the others are back: until they expire, and then follow the ring again. Packets
 * that differ from a connection in one field follow the ring all the time.
 */
export function* backendProbes(expiration: number, timeout: number, tools: ProbeTools): Generator<Probe> {
  const { frame, random, flows, heartbeats } = tools
  if (heartbeats === undefined) return
  const beat = (wait: number, backend: number) => ({ wait, port: heartbeats.send(frame, random, backend) })
  const use = (wait: number, flow: Flow) => ({ wait, port: send(frame, random, flow, false, tcpFlags.ack) })
  const list = Array.from({ length: connections }, () => flows.newFlow(random))
  const misses = list.map((flow, i) => changed(flow, nearFields[i % nearFields.length] ?? 'client', random))
  const [first = flows.newFlow(random)] = list

  for (let backend = 0; backend < 3; backend++) yield beat(backend === 0 ? second : 0, backend)
  for (const flow of [...list, ...misses]) yield use(0, flow)
  // All are dead and forgotten; a heartbeat by the wrong port, or of a stranger, brings nobody back.
  yield { wait: expiration + timeout, port: heartbeats.sendStray(frame, random, 'port') }
  yield { wait: 0, port: heartbeats.sendStray(frame, random, 'address') }
  yield use(0, first)
  yield beat(second, 1)
  yield use(timeout, first)
  yield use(1, first)
  yield beat(second, 1)
  for (const flow of list) yield use(0, flow)
  yield beat(0, 0)
  yield beat(0, 2)
  for (const flow of misses) yield use(0, flow)
  yield* silence(
    expiration,
    timeout,
    beat,
    list.slice(0, 4).map((flow) => () => use(0, flow)),
  )
  for (const flow of list.slice(0, 10)) yield use(0, flow)
  for (const [i, flow] of list.slice(10).entries()) yield use(i === 0 ? 1 : 0, flow)
  for (const flow of misses) yield use(0, flow)
}

/** The backends live for exactly `duration`, beating often enough; half-way some connections are used. */
function* silence(
  duration: number,
  timeout: number,
  beat: (wait: number, backend: number) => Probe,
  halfway: readonly (() => Probe)[],
): Generator<Probe> {
  const interval = Math.floor(timeout * 0.9)
  const beats = Math.ceil(duration / interval)
  for (let i = 1; i <= beats; i++) {
    const before = Math.min((i - 1) * interval, duration)
    yield beat(Math.min(i * interval, duration) - before, 0)
    yield beat(0, 1)
    yield beat(0, 2)
    if (i === Math.floor(beats / 2)) for (const use of halfway) yield use()
  }
}
