/** How fast the machine is just now, by CPU time: tells a slow or shared machine from slow code. */
export interface Calibration {
  /** Milliseconds for a fixed loop of integer work. */
  readonly loop: number
  /** Nanoseconds for a read at a random place of 8 MB, each waiting for the one before: no cache of a core holds it. */
  readonly read: number
}

export function calibrate(): Calibration {
  return { loop: cpuTime(integers) / 1e3, read: (cpuTime(reads) * 1e3) / READS }
}

const READS = 2_000_000
const places = new Int32Array(1 << 21).map((_, i) => Math.imul(i, 0x9e3779b1) >>> 11)

/** Microseconds. */
function cpuTime(work: () => number): number {
  const before = process.cpuUsage()
  const result = work()
  const { user, system } = process.cpuUsage(before)
  if (Number.isNaN(result)) throw new Error('never so: only uses the result, so that the work is done')
  return user + system
}

function integers(): number {
  let state = 1
  for (let i = 0; i < 200_000_000; i++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
  }
  return state
}

function reads(): number {
  let at = 0
  for (let i = 0; i < READS; i++) at = places[at ^ (i & 255)] ?? 0
  return at
}
