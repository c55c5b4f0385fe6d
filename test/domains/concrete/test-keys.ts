import type { KeyOps } from '../../../src/domains/concrete/key-index.js'

/** A key whose hash is its number modulo `spread`, so that a small spread makes keys collide. */
export interface TestKey {
  readonly id: number
}

export function testKeyOps(spread: number): KeyOps<TestKey> {
  return { hash: (key) => key.id % spread, equals: (a, b) => a.id === b.id }
}
