/**
 * The thread of a network function under test: its own heap, so that who watches it never waits for its collector. It is
 * started for every run, so it imports what runs a network function, and nothing that loads one.
 */
import { parentPort, workerData } from 'node:worker_threads'

import { VigilError } from '../errors.js'
import { NfInstance } from '../nf/instance.js'
import { MAX_PACKET } from '../nf/memory-map.js'
import { Burst, borrowPort, joinDpdk, NetworkNamespace, openPort, type PacketPort } from '../packetio/index.js'
import { Forwarder, noCounts } from './forwarder.js'
import { type Fault, forwardForAWhile } from './loop.js'
import type { ThreadJob, ThreadNews } from './network-function.js'
import { reportPorts } from './ports.js'
import { Shared } from './shared.js'

const job: ThreadJob = workerData

function tell(news: ThreadNews): void {
  parentPort?.postMessage(news)
}

function run(ports: PacketPort[]): void {
  open(ports)
  const shared = new Shared(ports.length, job.shared)
  let running = new NfInstance({ ...job.nf, seed: 0n })
  const counts = noCounts()
  const forwarderOf = (instance: NfInstance): Forwarder =>
    new Forwarder(instance, ports, job.burst, process.hrtime.bigint, shared.processed, counts)
  let forwarder = forwarderOf(running)
  const isAsked = (): boolean => shared.isStopped || shared.resetsAsked !== shared.resetsDone
  tell({ kind: 'ready' })
  let fault: Fault | undefined
  while (fault === undefined && !shared.isStopped) {
    fault = forwardForAWhile(forwarder, ports, job.polling, isAsked)
    tellLosses(shared, forwarder, ports)
    const asked = shared.resetsAsked
    if (asked === shared.resetsDone) continue
    running = new NfInstance({ ...job.nf, seed: 0n, emptied: running.memory, hasBegun: true })
    forwarder = forwarderOf(running)
    shared.resetDone(asked)
  }
  const report = { counts: forwarder.counts, ports: reportPorts(ports) }
  tell({ kind: 'ended', report, ...(fault === undefined ? {} : { fault }) })
}

/** Ports are added one by one, so that those are closed which are open. */
function open(ports: PacketPort[]): void {
  const { interfaces, lent } = job
  if (job.ports.kind === 'veth') {
    const namespace = NetworkNamespace.held(job.namespace)
    for (const name of interfaces) ports.push(openPort(job.ports.backend, name, { namespace }))
    return
  }
  joinDpdk()
  for (const each of lent) ports.push(borrowPort(each))
  // What was sent to a device that is gone is nobody's: an interface that is opened anew has nothing either.
  const burst = new Burst(job.burst, MAX_PACKET)
  for (const port of ports) while (port.receive(burst) > 0);
}

function tellLosses(shared: Shared, { counts }: Forwarder, ports: readonly PacketPort[]): void {
  let before = 0
  let after = counts.unsent
  for (const port of ports) {
    const { lost, oversize, refused } = port.counts()
    before += lost + oversize
    after += refused
  }
  shared.setLost(before, after)
}

const ports: PacketPort[] = []
try {
  run(ports)
} catch (error) {
  if (!(error instanceof VigilError)) throw error
  const { exitCode, what, where } = error
  tell({ kind: 'refused', exitCode, what, where })
} finally {
  for (const port of ports) port.close()
}
