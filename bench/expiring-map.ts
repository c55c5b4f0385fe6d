/**
 * What one packet costs the specification's table: find, refresh and an expiry check on random live entries, at 90 % of
 * 65,536. `node build/bench/expiring-map.js` prints nanoseconds per packet, the making of the key record included.
 */
import { ConcreteExpiringMap } from '../src/domains/concrete/expiring-map.js'
import type { KeyOps } from '../src/domains/concrete/key-index.js'
import { ipv4Address, type RecordIn, record, transportPort, u8 } from '../src/spec/index.js'

const Flow = record({
  protocol: u8,
  source: ipv4Address,
  sourcePort: transportPort,
  destination: ipv4Address,
  destinationPort: transportPort,
})
type Flow = RecordIn<typeof Flow>
const objects: KeyOps<Flow> = { hash: Flow.hash, equals: Flow.equals }

const CAPACITY = 65_536
const LIVE = 59_000
const PACKETS = 2_000_000

function flow(n: number): Flow {
  return Flow({
    protocol: 17,
    source: (0x0a000000 + n * 7) >>> 0,
    sourcePort: 1024 + (n % 60_000),
    destination: 0xc6336401,
    destinationPort: 53,
  })
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

const START = 1_700_000_000_000_000_000n

type Table = ConcreteExpiringMap<Flow, undefined>
/** What a packet of flow `n` does. */
type Use = (table: Table, n: number, now: bigint) => void

/** A packet of a live flow. */
const touch: Use = (table, n, now) => {
  table.begin()
  table.expire(now - 1_000_000_000_000_000n)
  const slot = table.find(flow(n))
  if (slot !== -1) table.refresh(slot, now)
}

/** The same, and taken back: what trying another possibility costs. */
const touchAndUndo: Use = (table, n, now) => {
  touch(table, n, now)
  table.rollback()
}

/** Each packet is the first of a new flow, and the oldest flow has just expired. */
let newFlow = LIVE
const churn: Use = (table, _, now) => {
  table.begin()
  table.expire(now - BigInt(LIVE) * 100n)
  table.insert(table.lowestFree(), flow(newFlow++), now, undefined)
}

function measure(name: string, ops: KeyOps<Flow>, use: Use, picks: Int32Array): void {
  const table: Table = new ConcreteExpiringMap(CAPACITY, ops)
  for (let n = 0; n < LIVE; n++) table.insert(n, flow(n), START, undefined)
  const rounds = [1n, 2n, 3n, 4n, 5n].map((round) =>
    nanosecondsPerPacket((n, now) => use(table, n, now), picks, START + round * 1_000_000_000n),
  )
  const best = Math.min(...rounds).toFixed(0)
  console.log(`${name}: best of 5 ${best}, last ${rounds.at(-1)?.toFixed(0)} ns a packet, ${table.count()} entries`)
}

const picks = draws()
measure('live flows, keys as objects', objects, touch, picks)
measure('live flows, keys packed', Flow, touch, picks)
measure('live flows, taken back', Flow, touchAndUndo, picks)
measure('new flows, keys packed', Flow, churn, picks)
