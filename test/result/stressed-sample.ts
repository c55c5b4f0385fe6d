/** A load test as a run gives it, for the tests of what is made from results. */
import type { RunResult, StressedNf, StressTest } from '../../src/result/index.js'
import { sampleBinary, sampleNf, sampleResult } from './sample.js'

const latency = {
  count: 6,
  min: 3000,
  mean: 5000,
  max: 20_000,
  percentiles: [
    { percent: 50, value: 4000 },
    { percent: 99, value: 20_000 },
  ],
  buckets: [
    { from: 2896, to: 3444, count: 5 },
    { from: 19_484, to: 23_170, count: 1 },
  ],
}

export function sampleTest(change: Partial<StressTest> = {}): StressTest {
  return {
    name: 'throughput',
    title: 'throughput, quick',
    size: 64,
    isComplete: true,
    limit: 'tester',
    figures: [
      { name: 'throughput', unit: 'frames/s', better: 'higher', values: [1000, 1100], mean: 1050, margin: 635.31 },
    ],
    points: [],
    notes: [],
    trials: [
      {
        rate: 1000,
        offered: 999,
        seconds: 0.5,
        sent: 500,
        received: 498,
        lost: 1,
        testerLost: 1,
        duplicated: 0,
        outOfOrder: 2,
        corrupt: 0,
        misdirected: 0,
        flooded: 0,
        judged: 32,
        wrong: 0,
        processorsBusy: 1.2,
        processorsIdle: 0.25,
      },
    ],
    ...change,
  }
}

export function sampleStressed(change: Partial<StressedNf> = {}): StressedNf {
  const { spec, config, options } = sampleNf()
  return {
    kind: 'stressed',
    nf: 'nat',
    instance: 'nat',
    spec,
    binary: sampleBinary,
    config,
    options,
    verdict: 'holds',
    topology: 'two-port-veth',
    device: 'wasm',
    profile: {
      name: 'quick',
      trialSeconds: 0.5,
      probeSeconds: 0.2,
      latencySeconds: 1,
      repeat: 3,
      latencyRuns: 3,
      burstSearches: 3,
      burstSeconds: 0.1,
      resolution: 0.02,
      loss: 0,
    },
    flows: 1000,
    ip: 4,
    direction: 'one',
    plan: ['1000 UDP flows over IPv4 from port 0 to port 1'],
    deviations: ['seconds of a trial: 0.5, not 60'],
    notExercised: ['network cards'],
    framesSent: 1000,
    framesReceived: 990,
    framesCorrupt: 0,
    framesMisdirected: 0,
    framesJudged: 64,
    framesWrong: 0,
    framesUndecided: 0,
    wrongFrames: [],
    testers: [
      {
        size: 64,
        fastest: 2000,
        ceiling: 1900,
        latency,
        processorsBusy: 0.9,
        processorsOthers: 0.1,
        processorsIdle: 0.5,
      },
    ],
    tests: [
      sampleTest(),
      sampleTest({
        name: 'latency',
        title: 'latency at the throughput, quick',
        limit: 'device',
        latency,
        directions: [
          { name: 'port 0 to 1', sent: 500, received: 490, latency },
          { name: 'port 1 to 0', sent: 500, received: 500 },
        ],
        figures: [{ name: 'latency', unit: 'ns', better: 'lower', values: [4000], mean: 4000 }],
      }),
      sampleTest({
        name: 'frame-loss',
        title: 'frame loss by rate, quick',
        points: [
          { rate: 2000, offered: 1900, loss: 0.125, isTesterLimited: true },
          { rate: 1800, offered: 1800, loss: 0, isTesterLimited: false },
        ],
        figures: [{ name: 'loss at the highest rate', unit: 'share', better: 'lower', values: [0.125], mean: 0.125 }],
      }),
    ],
    ports: [{ port: 0, interface: 'test0', backend: 'af_packet', received: 0, sent: 1000, lost: 0 }],
    ...change,
  }
}

export function stressedResult(
  nf: Partial<StressedNf> = {},
  change: Partial<RunResult<StressedNf>> = {},
): RunResult<StressedNf> {
  const { replay: _, ...base } = sampleResult()
  return { ...base, ...change, nfs: [sampleStressed(nf)] }
}
