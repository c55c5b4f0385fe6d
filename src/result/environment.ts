/** What a run ran on. */

import { arch, availableParallelism, cpus, platform, release } from 'node:os'

import type { Environment } from './types.js'

export function environment(): Environment {
  return {
    node: process.version,
    platform: `${platform()} ${release()} ${arch()}`,
    cpus: availableParallelism(),
    cpuModel: cpus()[0]?.model.trim() ?? 'unknown',
  }
}
