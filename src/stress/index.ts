/** Building blocks of load tests: frames and their tags, searches, distributions, and what repeated runs say. */
export { type Bucket, Histogram } from '../histogram.js'
export { type BackToBack, type BackToBackOptions, type BurstTrial, bufferTime, findBackToBack } from './back-to-back.js'
export { FRAME_SIZES, type TestFrameOptions, TestFrames } from './frames.js'
export { type LossPoint, measureLatency, measureLoss, measureRecovery, type Recovery } from './procedures.js'
export {
  findThroughput,
  lossOf,
  type Outcome,
  type RateOutcome,
  type RateTrial,
  type Throughput,
  type ThroughputOptions,
} from './search.js'
export { type Comparison, compare, type Summary, summarise } from './statistics.js'
export { readTag, sequenceOf, testOf } from './tag.js'
