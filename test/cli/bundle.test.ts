/** What users run is a bundle of what is tested: of the same sources, and no older. */

import { cpSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import test from 'ava'

import { temporary } from '../temporary.js'
import { bin, isOneLine, shell, vigil } from './vigil.js'

/** A package with nothing but the command, and a bundle that prints `bundled`. */
function packageWith(ages: { readonly bundled: number; readonly compiled?: number }): string {
  const folder = temporary()
  mkdirSync(join(folder, 'bin'))
  mkdirSync(join(folder, 'build/bundle'), { recursive: true })
  cpSync(bin, join(folder, 'bin/vigil.mjs'))
  const files = { 'build/bundle/main.js': ages.bundled, 'build/tsc.tsbuildinfo': ages.compiled }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  for (const [file, age] of Object.entries(files)) {
    if (age === undefined) continue
    writeFileSync(join(folder, file), "console.log('bundled')\n")
    utimesSync(join(folder, file), age, age)
  }
  return join(folder, 'bin/vigil.mjs')
}

const started = (file: string) => shell(`'${process.execPath}' '${file}'`)

test('a bundle that is older than what was compiled is refused in one line', async (t) => {
  const { code, stdout, stderr } = await started(packageWith({ bundled: 1_000, compiled: 2_000 }))
  t.is(code, 70)
  t.is(stdout, '')
  t.true(isOneLine(stderr), stderr)
  t.regex(stderr, /npm run bundle/)
})

test('a bundle that is newer than what was compiled runs, and so does one by itself', async (t) => {
  t.is((await started(packageWith({ bundled: 2_000, compiled: 1_000 }))).stdout, 'bundled\n')
  t.is((await started(packageWith({ bundled: 2_000 }))).stdout, 'bundled\n')
})

test('with --debug, stacks name the sources', async (t) => {
  const { code, stderr } = await vigil(['replay', 'no-such.pcap', '--nf', 'nop', '--debug'])
  t.is(code, 2)
  t.regex(stderr, /^ +at .*\bsrc\/[\w/-]+\.ts:\d+:\d+\)?$/m)
  t.notRegex(stderr, /build\/bundle/)
})

test('the licences of the packages in the bundle lie beside it', (t) => {
  const licences = readFileSync('build/bundle/LICENSES.txt', 'utf8')
  for (const name of ['acorn', 'yaml']) t.regex(licences, new RegExp(`^${name}$`, 'm'))
})
