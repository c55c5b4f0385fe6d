/** What a suite is to meet, named so that the names sort and can be kept in files. */

/** Which side a condition takes. */
export function sideOf(id: string, side: boolean): string {
  return `${id} ${side}`
}

/** By how much the left side of a comparison is above its right side. */
export function boundaryOf(id: string, distance: bigint): string {
  return `${id} ${distance < 0n ? 'below' : distance > 0n ? 'above' : 'at'}`
}

export type Direction = 'below' | 'above'

/** The left side of a comparison is beyond its right side, as little as can be. */
export function beyondOf(id: string, direction: Direction): string {
  return `${id} ${direction}, nearest`
}

/** Distances that are targets. */
export const DISTANCES = [-1n, 0n, 1n] as const

/** How near to its expiry an entry is when it is looked up: nanoseconds from its time to the threshold. */
export const MARGINS = [
  { margin: -1n, name: 'just expired' },
  { margin: 0n, name: 'just not expired' },
  { margin: 1n, name: 'a nanosecond before' },
] as const

export function expiryOf(place: string, margin: string): string {
  return `${place} ${margin}`
}

/** A lookup finds an entry that got its time at one place and its value at another. */
export function useOf(place: string, timed: string, valued: string): string {
  return `${place} of ${timed} with the value of ${valued}`
}
