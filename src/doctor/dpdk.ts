/** What DPDK needs: shown by a frame that goes through a pair of rings, in memory that every machine has. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { dpdkFile, freeHugePages } from '../packetio/index.js'
import { absent, type Finding, missing, ok, type Section, section } from './check.js'

export function dpdk(): Section {
  const findings = existsSync(dpdkFile)
    ? [ok('DPDK', 'built'), frameThroughRings(), hugePages(), cards()]
    : [absent('DPDK', 'not built', 'Debian: apt install libdpdk-dev pkg-config, then npm run build')]
  return section('DPDK (optional)', findings)
}

function frameThroughRings(): Finding {
  const name = 'rings'
  const probe = fileURLToPath(new URL('./dpdk-probe.js', import.meta.url))
  const { stdout, stderr, status, signal } = spawnSync(process.execPath, [probe], { encoding: 'utf8' })
  if (status === 0 && stdout === '') return ok(name, 'a pair of them carries a frame, without huge pages')
  // A library of another machine may end the process.
  const seen = stdout.trim() || `ended by ${signal ?? `exit code ${status}`} ${stderr}`.trim()
  return missing(name, seen, 'please report it, with what dpdk-testpmd --no-huge says')
}

function hugePages(): Finding {
  const free = freeHugePages()
  const hint = 'network cards need them; as root: sysctl vm.nr_hugepages=256'
  return free > 0 ? ok('huge pages', `${free} MB are free`) : absent('huge pages', 'none is free', hint)
}

function cards(): Finding {
  const hint = 'dpdk-devbind.py --status lists those of this machine'
  return absent('network cards', 'neither they nor their time stamps were ever exercised on hardware', hint)
}
