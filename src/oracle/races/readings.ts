/**
 * What the device may have read from its clock for a packet. It took it between sending and the first output, or so;
 * `delay` is the longest time from sending to an output so far. Packets judged before may have been given times
 * that are off by as much, and so may the clock of a device that reads it once for many packets: readings before sending
 * and after the output make up for that.
 */
export type Reading = 'sent' | 'middle' | 'latest' | 'early' | 'earlier' | 'late'

/** Orders in which readings are tried: one for each guess of how the times of many packets are off. */
export const AS_SENT: readonly Reading[] = ['sent', 'latest', 'middle', 'early', 'earlier', 'late']
export const EARLY: readonly Reading[] = ['early', 'earlier', 'sent', 'middle', 'latest', 'late']
export const LATE: readonly Reading[] = ['latest', 'middle', 'sent', 'late', 'early', 'earlier']

/** The time that a reading stands for; `before` is that of the packet before. */
export function timeOf(reading: Reading, sent: number, until: number, before: number, delay: number): number {
  switch (reading) {
    case 'sent':
      return Math.max(sent, Math.min(before, until))
    case 'middle':
      return Math.floor((sent + until) / 2)
    case 'latest':
      return until
    case 'early':
      return sent - delay
    case 'earlier':
      return sent - 2 * delay
    case 'late':
      return until + delay
  }
}
