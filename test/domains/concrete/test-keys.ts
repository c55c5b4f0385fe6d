import type { KeyOps } from '../../../src/domains/concrete/key-index.js'

/** A key whose hash is its number modulo `spread`, so that a small spread makes keys collide. */
export interface TestKey {
  readonly id: number
}

export function testKeyOps(spread: number, packed = false): KeyOps<TestKey> {
  const ops: KeyOps<TestKey> = { hash: (key) => key.id % spread, equals: (a, b) => a.id === b.id }
  const hash = (from: Int32Array, at: number): number => readTestKey(from, at).id % spread
  return packed ? { ...ops, packing: { words: 2, write: writeTestKey, read: readTestKey, hash } } : ops
}

function readTestKey(from: Int32Array, at: number): TestKey {
  return { id: ((from[at + 1] ?? 0) << 1) | (from[at] ?? 0) }
}

function writeTestKey(key: TestKey, into: Int32Array, at: number): void {
  into[at] = key.id & 1
  into[at + 1] = key.id >> 1
}
