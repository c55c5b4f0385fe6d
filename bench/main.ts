/**
 * All measurements, one after the other: `npm run bench`, or some by name: `npm run bench -- judge capture`. Each runs
 * in a process of its own. The exit code is 1 where one of them found something wrong besides speed.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const benches = {
  judge: './judge/main.js',
  memory: './memory/main.js',
  capture: './capture/main.js',
  'expiring-map': './expiring-map.js',
  maglev: './maglev.js',
  verify: './verify/main.js',
  stepper: './stepper.js',
  solver: './solver.js',
  ports: './ports.js',
  pacing: './pacing.js',
  live: './live.js',
  conform: './conform/main.js',
  dpdk: './dpdk/main.js',
  loop: './loop/main.js',
}

const chosen = process.argv.slice(2)
const unknown = chosen.filter((name) => !(name in benches))
if (unknown.length > 0) {
  console.error(`there is no bench ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}`)
  process.exitCode = 2
} else {
  for (const [name, file] of Object.entries(benches)) {
    if (chosen.length > 0 && !chosen.includes(name)) continue
    console.log(`\n== ${name}`)
    const { status } = spawnSync(process.execPath, [fileURLToPath(new URL(file, import.meta.url))], {
      stdio: 'inherit',
    })
    if (status !== 0) process.exitCode = 1
  }
}
