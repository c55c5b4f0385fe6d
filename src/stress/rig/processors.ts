/** How busy the processors are during a trial: this process, and the whole machine. */
import { availableParallelism, cpus } from 'node:os'

export interface ProcessorUse {
  /** Processors that this process kept busy: with a network function of Vigil under test, that one included. */
  readonly busy: number
  /** Processors that other programs kept busy. */
  readonly others: number
  /** Share of all processors of the machine that were idle. */
  readonly idle: number
}

/** @returns What was used since then. */
export function watchProcessors(): () => ProcessorUse {
  const [used, times, start] = [process.cpuUsage(), machineTimes(), process.hrtime.bigint()]
  return () => {
    const { user, system } = process.cpuUsage(used)
    const now = machineTimes()
    const all = now.all - times.all
    const elapsed = Number(process.hrtime.bigint() - start) / 1000
    const busy = Math.min(availableParallelism(), (user + system) / Math.max(1, elapsed))
    const idle = all === 0 ? 0 : (now.idle - times.idle) / all
    return { busy, others: Math.max(0, cpus().length * (1 - idle) - busy), idle }
  }
}

function machineTimes(): { readonly idle: number; readonly all: number } {
  let [idle, all] = [0, 0]
  for (const { times } of cpus()) {
    idle += times.idle
    all += times.user + times.nice + times.sys + times.irq + times.idle
  }
  return { idle, all }
}
