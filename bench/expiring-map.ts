/**
 * What one packet costs the specification's table: find, refresh and an expiry check on random live entries, at 90 % of
 * 65,536. `node build/bench/expiring-map.js` prints nanoseconds per packet, and the share that is the loop alone.
 */
import { ConcreteExpiringMap } from '../src/domains/concrete/expiring-map.js'
import type { KeyOps } from '../src/domains/concrete/key-index.js'

interface Flow {
  readonly protocol: number
  readonly source: number
  readonly sourcePort: number
  readonly destination: number
  readonly destinationPort: number
}

const flowOps: KeyOps<Flow> = {
  hash(flow) {
    let hash = Math.imul(flow.source, 0x85ebca6b) ^ Math.imul(flow.destination, 0xc2b2ae35)
    hash = Math.imul(hash ^ ((flow.sourcePort << 16) | flow.destinationPort) ^ flow.protocol, 0x27d4eb2f)
    return (hash ^ (hash >>> 15)) >>> 0
  },
  equals: (a, b) =>
    a.source === b.source &&
    a.sourcePort === b.sourcePort &&
    a.destination === b.destination &&
    a.destinationPort === b.destinationPort &&
    a.protocol === b.protocol,
}

const CAPACITY = 65_536
const LIVE = 59_000
const PACKETS = 2_000_000

function flow(n: number): Flow {
  return {
    protocol: 17,
    source: (0x0a000000 + n * 7) >>> 0,
    sourcePort: 1024 + (n % 60_000),
    destination: 0xc6336401,
    destinationPort: 53,
  }
}

/** Random flow numbers, drawn beforehand (a linear congruential generator: the same every run). */
function draws(): Int32Array {
  let state = 12345
  return Int32Array.from({ length: 1 << 20 }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return Math.floor((state / 2 ** 32) * LIVE)
  })
}

function nanosecondsPerPacket(packet: (n: number, now: bigint) => void, picks: Int32Array, start: bigint): number {
  let now = start
  const began = process.hrtime.bigint()
  for (let i = 0; i < PACKETS; i++) {
    now += 100n
    packet(picks[i & (picks.length - 1)] ?? 0, now)
  }
  return Number(process.hrtime.bigint() - began) / PACKETS
}

const map = new ConcreteExpiringMap<Flow, undefined>(CAPACITY, flowOps)
for (let n = 0; n < LIVE; n++) map.insert(n, flow(n), 0n, undefined)
const picks = draws()
let misses = 0
let sink = 0
const timeout = 1_000_000_000_000n
const start = 1_700_000_000_000_000_000n
for (let round = 0; round < 4; round++) {
  const from = start + BigInt(round) * 10_000_000_000n
  const bare = nanosecondsPerPacket(
    (n) => {
      sink += flow(n).source & 1
    },
    picks,
    from,
  )
  const full = nanosecondsPerPacket(
    (n, now) => {
      map.begin()
      map.expire(now - timeout - start)
      const slot = map.find(flow(n))
      if (slot === -1) misses++
      else map.refresh(slot, now)
    },
    picks,
    from,
  )
  console.log(
    `round ${round}: ${full.toFixed(0)} ns a packet, of which ${bare.toFixed(0)} ns are the loop and the key record`,
  )
}
console.log(`${map.count()} live entries of ${CAPACITY}, ${misses} misses${sink < 0 ? '!' : ''}`)
