/** Tests that begin with empty tables: each trial of them starts the device anew. */
import type { StressFigure } from '../../result/index.js'
import { findThroughput, type RateOutcome } from '../search.js'
import type { Bench } from './bench.js'
import type { Sheet } from './sheet.js'

/** Frames a second at most, of a kind that no device should lose. */
const GENTLE = 20_000

/** @returns Whether the tables are empty now; else the sheet says why not. */
export async function empty(bench: Bench, sheet: Sheet): Promise<boolean> {
  if (await bench.restart()) return true
  sheet.cause = 'the tables of this device cannot be emptied: Vigil does not start it, or has no teardown for it'
  return false
}

/** A rate at which nothing is measured, and nothing should be lost. */
export function gentleRate({ most }: Bench): number {
  return Math.min(GENTLE, most / 4)
}

/** How many entries are made in each trial of a search for a rate: up to nine tenths of the room. */
export function entriesFor({ most, profile }: Bench, room: number): number {
  return Math.max(1, Math.min(Math.floor(0.9 * room), Math.round(most * profile.probeSeconds)))
}

/**
 * The highest rate at which all entries are made, or no more is lost than is allowed, once for each repetition.
 *
 * @param make Makes them in an empty table; undefined where that cannot be, and the sheet says why.
 * @param loss Share that may be lost. Default: none.
 */
export async function searchRate(
  bench: Bench,
  sheet: Sheet,
  figure: Pick<StressFigure, 'name' | 'unit'>,
  make: (rate: number, isResult: boolean) => Promise<RateOutcome | undefined>,
  loss = 0,
): Promise<void> {
  const { repeat, resolution } = bench.profile
  for (let i = 0; i < repeat; i++) {
    const { rate = 0, limit } = await findThroughput(
      // What cannot be tried ends the search at once.
      async (wanted, isResult) => (await make(wanted, isResult)) ?? { sent: 1, received: 1, offered: wanted },
      { most: bench.most, resolution, loss },
    )
    if (sheet.cause !== undefined) return
    sheet.value(figure.name, { unit: figure.unit, better: 'higher' }, rate)
    sheet.limit = limit === 'medium' ? bench.bound : limit
  }
}
