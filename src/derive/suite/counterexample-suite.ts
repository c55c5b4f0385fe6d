/** A counterexample of a proof as a suite of one case: `suite.json`, `cases/NAME.yaml` and `cases/NAME.pcapng`. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import type { Counterexample, CounterexampleSuite, VerifiedNf } from '../../result/index.js'
import { packageVersion } from '../../result/version.js'
import { FORMAT, shownFrom, writeCase } from './folder.js'
import type { SuiteCase } from './suite.js'

const NAME = 'counterexample'

/** Into a new folder. Throws what the file system does. */
export function writeCounterexampleSuite(
  folder: string,
  { nf, spec: { file, title, sha256 } }: Pick<VerifiedNf, 'nf' | 'spec'>,
  found: Counterexample,
  { config, portCount }: CounterexampleSuite,
): void {
  const made = caseOf(found)
  const about = {
    tool: 'vigil',
    version: packageVersion(),
    format: FORMAT,
    nf,
    spec: { file: shownFrom(file), title, sha256 },
    config,
    portCount,
    seed: 0,
    packets: made.packets.length,
    cases: [{ name: made.name, title: made.title, ...(made.clause === '' ? {} : { clause: made.clause }) }],
  }
  mkdirSync(join(folder, 'cases'), { recursive: true })
  writeFileSync(join(folder, 'suite.json'), `${JSON.stringify(about, undefined, 2)}\n`)
  writeCase(made, join(folder, 'cases'), portCount)
}

/** Packets with the waits between them; the first comes at its time. */
function caseOf({ packets, violation: { summary, site } }: Counterexample): SuiteCase {
  let last = 0n
  return {
    name: NAME,
    title: summary,
    clause: site?.clause ?? '',
    meets: [],
    packets: packets.map(({ time, ingress, hex }, at) => {
      const wait = BigInt(time) - last
      last += wait
      const isLast = at === packets.length - 1
      return {
        wait,
        port: ingress,
        bytes: Uint8Array.from(Buffer.from(hex, 'hex')),
        fills: [],
        times: 1,
        note: isLast ? 'what goes wrong' : undefined,
        line: isLast ? site?.line : undefined,
      }
    }),
  }
}
