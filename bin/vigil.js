#!/usr/bin/env node
import { existsSync, statSync } from 'node:fs'

const main = new URL('../build/bundle/main.js', import.meta.url)
// Only a working copy has it: what tests run is newer than what users run.
const compiled = new URL('../build/tsc.tsbuildinfo', import.meta.url)

function cannotStart(why) {
  console.error(`vigil: cannot start: ${why}`)
  process.exit(70)
}

// Stacks name the sources, not the bundle.
if (process.argv.includes('--debug')) process.setSourceMapsEnabled(true)
if (existsSync(main) && existsSync(compiled) && statSync(main).mtimeMs < statSync(compiled).mtimeMs) {
  cannotStart('what was compiled last is not bundled (npm run bundle)')
}
// An import that cannot link would end with Node's exit code 1, which means a violation here.
import(main.href).catch((error) => cannotStart(`${error.message} (build or install it again)`))
