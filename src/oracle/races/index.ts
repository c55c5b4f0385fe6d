/**
 * Judging a device of which neither the order is known in which it took its inputs, nor the time that it saw: on real
 * ports, where frames are sent and come back on several ports at once.
 */
export { RaceJudge, type RaceJudgeOptions } from './race-judge.js'
export type { Finding } from './trials.js'
